from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "jobyard_server.access"
    label = "users"
    verbose_name = "Users"

    def ready(self) -> None:
        from jobyard_server.access import signing_in  # noqa: F401, PLC0415  # registers itself, once models are there
