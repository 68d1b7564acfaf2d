from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "jobyard_server.access"
    label = "users"
    verbose_name = "Users"
