from __future__ import annotations

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "jobyard_server.inventory.tenancy"
    label = "tenancy"
    verbose_name = "Tenancy"
