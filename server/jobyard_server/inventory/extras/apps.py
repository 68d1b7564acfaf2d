from __future__ import annotations

from django.apps import AppConfig


class ExtrasConfig(AppConfig):
    name = "jobyard_server.inventory.extras"
    label = "extras"
    verbose_name = "Extras"
