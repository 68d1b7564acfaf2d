from __future__ import annotations

import django
from django.apps import apps
from tests.server.running_inventory import lab, run_zygote, service

__all__ = ["lab", "run_zygote", "service"]  # fixtures


def pytest_pycollect_makemodule() -> None:
    """The test modules import models, so Django must be set up before they are collected."""
    if not apps.ready:
        django.setup()
