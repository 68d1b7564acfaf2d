from __future__ import annotations

import django
from django.apps import apps


def pytest_pycollect_makemodule() -> None:
    """The test modules import models, so Django must be set up before they are collected."""
    if not apps.ready:
        django.setup()
