from __future__ import annotations

from django.apps import AppConfig


class CircuitsConfig(AppConfig):
    name = "jobyard_server.inventory.circuits"
    label = "circuits"
    verbose_name = "Circuits"
