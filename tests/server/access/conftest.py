from __future__ import annotations

import django
import pytest
from django.apps import apps


def pytest_pycollect_makemodule() -> None:
    """The test modules import models, so Django must be set up before they are collected."""
    if not apps.ready:
        django.setup()


@pytest.fixture
def alice(db):
    from jobyard_server.access.models import User  # only after Django is set up

    return User.objects.create(username="alice", is_superuser=True)


@pytest.fixture
def bob(db):
    from jobyard_server.access.models import User  # see above

    return User.objects.create(username="bob")
