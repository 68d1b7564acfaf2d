from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "jobyard_server.api"
    label = "api"

    def ready(self) -> None:
        from jobyard_server.api import checks  # noqa: F401, PLC0415  # registers itself, once all apps are there
