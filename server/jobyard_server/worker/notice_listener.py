"""A thread that hears notices from the database, all kinds of them on one connection of its own."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from typing import ClassVar, Self

import psycopg
from django.db import Error, connection

WAIT_SECONDS = 1.0
RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)


class Hearer(ABC):
    """Acts on one kind of notice; nobody depends on it: what it misses is found otherwise, only later."""

    channel: ClassVar[str]  #: Of NOTIFY.

    @abstractmethod
    def hear(self, payload: str) -> None:
        """Act on one notice; a ``ValueError`` means that it makes no sense."""

    def catch_up(self) -> None:  # noqa: B027  # not all have something to catch up with
        """Look for what happened while nobody listened."""


class NoticeListener:
    """Listens while the block runs."""

    def __init__(self, *hearers: Hearer) -> None:
        self._hearers = {hearer.channel: hearer for hearer in hearers}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join(timeout=2 * WAIT_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._listen()
            except (psycopg.Error, Error, ValueError):
                log.info("the connection for notices is gone; trying again", extra={"action": "listen"})
                self._stop.wait(RETRY_SECONDS)
            finally:
                connection.close()

    def _listen(self) -> None:
        connection.ensure_connection()
        for channel in self._hearers:
            connection.connection.execute(f"LISTEN {channel}")
        for hearer in self._hearers.values():
            hearer.catch_up()
        while not self._stop.is_set():
            # As a list: while it yields, the connection is locked, and asking it would wait for ever.
            for notice in list(connection.connection.notifies(timeout=WAIT_SECONDS, stop_after=1)):
                self._hearers[notice.channel].hear(notice.payload)
