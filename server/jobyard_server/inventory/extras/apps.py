from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ExtrasConfig(AppConfig):
    name = "jobyard_server.inventory.extras"
    label = "extras"
    verbose_name = "Extras"

    def ready(self) -> None:
        from jobyard_server.inventory.extras.standard_statuses import fill_in  # noqa: PLC0415  # it needs models

        post_migrate.connect(fill_in, sender=self)
