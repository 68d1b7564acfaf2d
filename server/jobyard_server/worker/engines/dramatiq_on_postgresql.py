"""Dramatiq over PostgreSQL: the default engine, which needs no broker besides the database."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from dramatiq_postgres import PostgresBroker
from dramatiq_postgres import schema as broker_schema

from jobyard_server.database.address import settings_from_url
from jobyard_server.worker.engines.dramatiq import DramatiqEngine

POLL_SECONDS = 5.0  #: Between notifications; a lost one costs this long at most.
IDLE_MILLISECONDS = 1000
_MOST_CONNECTIONS = 8


class _Broker(PostgresBroker):  # type: ignore[misc]  # ships no types
    """Does not try again for minutes while somebody waits for an answer: the sweeper sends what was lost."""

    enqueue = PostgresBroker.enqueue.__wrapped__


def make_engine() -> DramatiqEngine:
    broker = _Broker(url=_connection_arguments(), results=False, middleware=[], poll_interval=POLL_SECONDS)

    def ask() -> None:
        with broker.pool.connection() as connection:
            connection.execute("SELECT 1")

    def make_tables() -> None:
        with broker.pool.connection() as connection, connection.cursor() as cursor:
            broker_schema.init(cursor)

    def empty(queue: str) -> None:
        with broker.pool.connection() as connection:
            connection.execute("DELETE FROM dramatiq.queue WHERE queue_name = %s", [queue])

    return DramatiqEngine(
        broker,
        prefix=settings.JOBYARD["BROKER_PREFIX"],
        idle_milliseconds=IDLE_MILLISECONDS,
        ask=ask,
        prepare=make_tables,
        empty=empty,
    )


def _connection_arguments() -> dict[str, Any]:
    """Of libpq. What the broker stores may be lost at any moment, so no commit of it waits for a disk."""
    url = settings.JOBYARD["BROKER_URL"]
    login = settings_from_url(url) if url else settings.DATABASES["default"]
    options = {name: value for name, value in login["OPTIONS"].items() if name != "pool"}
    named = {
        "dbname": login["NAME"],
        "user": login["USER"],
        "password": login["PASSWORD"],
        "host": login["HOST"],
        "port": login["PORT"],
    }
    given = {name: value for name, value in named.items() if value}
    return {**options, **given, "options": "-c synchronous_commit=off", "maxconn": _MOST_CONNECTIONS}
