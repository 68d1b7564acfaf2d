"""Dramatiq over PostgreSQL: the default engine, which needs no broker besides the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import dramatiq
from django.conf import settings
from dramatiq_postgres import PostgresBroker
from dramatiq_postgres import schema as broker_schema

from jobyard_server.database.address import settings_from_url
from jobyard_server.worker.engines.base import MESSAGE_VERSION

ACTOR = "wake_up"
POLL_SECONDS = 5.0  #: Between notifications; a lost one costs this long at most.
STOP_MILLISECONDS = 2000
_MOST_CONNECTIONS = 8

log = logging.getLogger(__name__)


def make_engine() -> DramatiqEngine:
    return DramatiqEngine(_connection_arguments())


class _Broker(PostgresBroker):  # type: ignore[misc]  # ships no types
    """Does not try again for minutes while somebody waits for an answer: the sweeper sends what was lost."""

    enqueue = PostgresBroker.enqueue.__wrapped__


class DramatiqEngine:
    """One broker for each process; its connections are opened at first use."""

    def __init__(self, connection: dict[str, Any]) -> None:
        # No middleware: retries, time limits and results would each start a run twice or end it early.
        self._broker = _Broker(url=connection, results=False, middleware=[], poll_interval=POLL_SECONDS)
        self._on_message: Callable[[UUID], None] = lambda _run_id: None
        self._actor = dramatiq.actor(broker=self._broker, actor_name=ACTOR)(self._receive)

    def send(self, run_id: UUID, queue: str) -> None:
        message = self._actor.message({"v": MESSAGE_VERSION, "run": str(run_id)})
        self._broker.enqueue(message.copy(queue_name=queue))

    @contextmanager
    def consume(self, queues: list[str], on_message: Callable[[UUID], None]) -> Iterator[None]:
        self._on_message = on_message
        self._make_tables()
        for queue in queues:
            self._broker.declare_queue(queue)
        worker = dramatiq.Worker(self._broker, queues=set(queues), worker_threads=1)
        worker.start()
        try:
            yield
        finally:
            worker.stop(timeout=STOP_MILLISECONDS)
            self._broker.close()

    def _receive(self, message: object) -> None:
        """Anybody who may write to the broker may have written this."""
        try:
            if not isinstance(message, dict) or message["v"] != MESSAGE_VERSION:
                raise ValueError("unknown version")  # noqa: TRY301  # one place drops all of them
            run_id = UUID(message["run"])
        except (KeyError, ValueError, TypeError, AttributeError):
            log.warning("a message of the broker makes no sense and is dropped")
            return
        self._on_message(run_id)

    def _make_tables(self) -> None:
        with self._broker.pool.connection() as connection, connection.cursor() as cursor:
            broker_schema.init(cursor)


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
