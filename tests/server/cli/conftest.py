from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import django
import pytest
from django.apps import apps


def pytest_pycollect_makemodule() -> None:
    """The test modules import models, so Django must be set up before they are collected."""
    if not apps.ready:
        django.setup()


@pytest.fixture(autouse=True)
def _umask() -> Iterator[None]:
    """Commands close their files to others; the other tests shall not notice."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def jobyard() -> Callable[..., Any]:
    """``jobyard("repo", "list")`` calls the command in this process; the answer has status and output."""
    from tests.server.cli.cast import call  # models: only after Django is set up

    return call


@pytest.fixture
def make_job(transactional_db: None) -> Callable[..., Any]:
    from tests.server.cli.cast import make_job  # see above

    return make_job


@pytest.fixture
def worker(transactional_db: None) -> Any:
    """A sign of life of a worker; nobody is there."""
    from tests.server.cli.cast import sign_of_life  # see above

    return sign_of_life("worker", queues=["default"])


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, worker: Any) -> Callable[..., Any]:
    """``play(status, *rows)``: the worker ends the next run like this as soon as it is woken."""
    from tests.server.cli.cast import FakeEngine  # see above

    engine = FakeEngine()
    monkeypatch.setattr("jobyard_server.runs.wake_up.engine", lambda: engine)
    return engine


@pytest.fixture
def daemon(transactional_db: None) -> Iterator[Callable[..., Any]]:
    """``daemon(status, *rows)``: the sync daemon is alive and ends the next request like this."""
    from tests.server.cli.cast import FakeDaemon, sign_of_life  # see above

    started: list[Any] = []

    def start(status: str, *rows: Any) -> None:
        sign_of_life("sync")
        started.append(FakeDaemon(status, rows))

    yield start
    for daemon in started:
        daemon.join()
