"""DB-07: a request waits for the database for a while only."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection, transaction
from tests.server.api.cast import caller

from jobyard_server.database import patience

pytestmark = pytest.mark.django_db


def test_db07_connections_of_the_web_part_have_limits():
    with transaction.atomic(), connection.cursor() as cursor:
        patience.limit(connection)
        names = [[*patience.REQUESTS]]
        cursor.execute("SELECT name, setting || unit FROM pg_settings WHERE name = ANY(%s)", names)
        shown = dict(cursor.fetchall())
        transaction.set_rollback(True)  # takes the settings back

    assert shown == {
        "statement_timeout": "60000ms",
        "lock_timeout": "30000ms",
        "idle_in_transaction_session_timeout": "120000ms",
    }


def test_db07_what_takes_too_long_is_cut_off(monkeypatch):
    monkeypatch.setitem(patience.REQUESTS, "statement_timeout", "10ms")

    with pytest.raises(OperationalError, match="statement timeout"), transaction.atomic():
        _wait_within_the_limit()


def _wait_within_the_limit() -> None:
    patience.limit(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")


def test_db07_the_caller_is_told_to_try_again(monkeypatch):
    alice = caller("alice", is_superuser=True)

    def cut_off(*_arguments, **_more):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr("jobyard_server.api.job_results.endpoints.ResultList.get_queryset", cut_off)
    answer = alice.get("/api/extras/job-results/")

    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
