from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ExtrasConfig(AppConfig):
    name = "jobyard_server.inventory.extras"
    label = "extras"
    verbose_name = "Extras"

    def ready(self) -> None:
        from jobyard_server.changes.acting import watch_connections  # noqa: PLC0415  # it needs settings
        from jobyard_server.changes.installation import install  # noqa: PLC0415  # see above
        from jobyard_server.database.roles import drop_views, ensure_roles  # noqa: PLC0415  # see above
        from jobyard_server.inventory.base.known import watch_connections as watch_known  # noqa: PLC0415  # see above
        from jobyard_server.inventory.extras.standard_statuses import fill_in  # noqa: PLC0415  # it needs models

        post_migrate.connect(fill_in, sender=self)
        post_migrate.connect(install, sender=self)
        pre_migrate.connect(drop_views, sender=self)
        post_migrate.connect(ensure_roles, sender=self)
        watch_connections()
        watch_known()
