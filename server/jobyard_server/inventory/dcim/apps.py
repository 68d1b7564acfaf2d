from __future__ import annotations

from django.apps import AppConfig


class DcimConfig(AppConfig):
    name = "jobyard_server.inventory.dcim"
    label = "dcim"
    verbose_name = "DCIM"
