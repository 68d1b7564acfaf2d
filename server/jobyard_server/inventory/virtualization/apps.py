from __future__ import annotations

from django.apps import AppConfig


class VirtualizationConfig(AppConfig):
    name = "jobyard_server.inventory.virtualization"
    label = "virtualization"
    verbose_name = "Virtualization"
