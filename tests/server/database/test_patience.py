"""DB-07: a request waits for the database for a while only."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from tests.server.api.cast import caller

from jobyard_server.database import patience

pytestmark = pytest.mark.django_db

Connect = Callable[..., BaseDatabaseWrapper]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """A connection of its own, as the web part has them; with these options in its address."""
    made = []

    def connect(**options: str) -> BaseDatabaseWrapper:
        one = connection.copy()
        known = {name: value for name, value in one.settings_dict["OPTIONS"].items() if name != "pool"}
        one.settings_dict["OPTIONS"] = patience.with_limits(known | options)
        made.append(one)
        return one

    yield connect
    for one in made:
        one.close()


def limits_of(one: BaseDatabaseWrapper) -> dict[str, str]:
    with one.cursor() as cursor:
        names = [[*patience.REQUESTS]]
        cursor.execute("SELECT name, setting || unit FROM pg_settings WHERE name = ANY(%s)", names)
        return dict(cursor.fetchall())


def test_db07_connections_of_the_web_part_have_limits(connect):
    assert limits_of(connect()) == {
        "statement_timeout": "60000ms",
        "lock_timeout": "30000ms",
        "idle_in_transaction_session_timeout": "120000ms",
    }


def test_what_the_address_of_the_database_says_wins(connect):
    assert limits_of(connect(options="-c lock_timeout=5s"))["lock_timeout"] == "5000ms"


def test_db07_what_takes_too_long_is_cut_off(connect, monkeypatch):
    monkeypatch.setitem(patience.REQUESTS, "statement_timeout", "10ms")

    with connect().cursor() as cursor, pytest.raises(OperationalError, match="statement timeout"):
        cursor.execute("SELECT pg_sleep(60)")


def test_db07_the_caller_is_told_to_try_again(monkeypatch):
    alice = caller("alice", is_superuser=True)

    def cut_off(*_arguments, **_more):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr("jobyard_server.api.job_results.endpoints.ResultList.get_queryset", cut_off)
    answer = alice.get("/api/extras/job-results/")

    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
