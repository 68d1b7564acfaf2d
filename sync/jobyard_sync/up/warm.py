"""Imports what the parts need while there is one process, so that they share its memory."""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "jobyard_server.asgi",
    "jobyard_server.urls",
    "jobyard_server.worker.main",
    "jobyard_server.scheduler.main",
    "jobyard_sync.daemon",
)


def load_code() -> None:
    for name in MODULES:
        import_module(name)
