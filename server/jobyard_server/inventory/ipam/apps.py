from __future__ import annotations

from django.apps import AppConfig


class IpamConfig(AppConfig):
    name = "jobyard_server.inventory.ipam"
    label = "ipam"
    verbose_name = "IPAM"
