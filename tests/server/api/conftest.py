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
    """The owner: may do everything."""
    from tests.server.api.cast import caller  # models: only after Django is set up

    return caller("alice", is_superuser=True)


@pytest.fixture
def bob(db):
    """May read and run."""
    from tests.server.api.cast import caller  # see above

    return caller("bob", "view_job", "run_job", "view_jobresult", "view_gitrepository")


@pytest.fixture
def charlie(db):
    """May do nothing."""
    from tests.server.api.cast import caller  # see above

    return caller("charlie")


@pytest.fixture
def anonymous(db):
    from tests.server.api.cast import Caller  # see above

    return Caller()


@pytest.fixture
def worker(db):
    """A worker that is alive and serves the default queue."""
    from tests.server.api.cast import alive  # see above

    return alive("worker", queues=["default", "slow"])


@pytest.fixture
def job(db):
    """``local/example/Hello``, published, without variables."""
    from tests.server.api.cast import published  # see above

    return published("example", "Hello")
