from __future__ import annotations

import django
import pytest
from django.apps import apps


def pytest_pycollect_makemodule() -> None:
    """The test modules import models, so Django must be set up before they are collected."""
    if not apps.ready:
        django.setup()


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """The real hash takes half a second for each person of the cast."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def alice(db):
    """The administrator."""
    from tests.server.ui.cast import make_user  # models: only after Django is set up

    return make_user("alice", is_superuser=True)


@pytest.fixture
def bob(db):
    """Reads jobs, results and repositories, and may run jobs."""
    from tests.server.ui.cast import make_user  # see above

    return make_user("bob", "view_job", "run_job", "view_jobresult", "view_gitrepository")


@pytest.fixture
def charlie(db):
    """May do nothing."""
    from tests.server.ui.cast import make_user  # see above

    return make_user("charlie")


@pytest.fixture
def as_user(client):
    """``as_user(alice)`` is a browser in which she is logged in."""

    def log_in(user):
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def worker(db):
    """A worker that serves the default queue and does nothing."""
    from tests.server.ui.cast import make_worker  # see above

    return make_worker()
