"""Looks for requested syncs: at the start, when the database says so, and every few seconds."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import psycopg
from django.db import connection, connections

from jobyard_server.registry import channels

POLL_SECONDS = 2.0  #: Covers what a lost notification leaves behind.
_WAIT_SECONDS = 0.5  #: Between two looks at the stop flag.
_RETRY_SECONDS = 1.0

logger = logging.getLogger(__name__)


class RequestListener:
    """
    Calls *look* in a thread of its own, whenever there may be something to do.

    Args:
        look: Starts what waits; quick, and safe to call for nothing. Returns in how many seconds it should
            be called again at the latest; None leaves it to the clock.
    """

    def __init__(self, look: Callable[[], float | None]) -> None:
        self._look = look
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync-requests", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=4 * _WAIT_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with _listening() as listener:
                    self._serve(listener)
            except psycopg.Error:
                logger.warning("no connection to hear of sync requests; trying again")
                self._stop.wait(_RETRY_SECONDS)
            finally:
                connections.close_all()

    def _serve(self, listener: psycopg.Connection[tuple[object, ...]]) -> None:
        due = 0.0  # look at once: what was requested while nobody listened
        while not self._stop.is_set():
            if time.monotonic() >= due:
                due = time.monotonic() + self._look_safely()
            wait = min(_WAIT_SECONDS, max(0.0, due - time.monotonic()))
            if any(True for _ in listener.notifies(timeout=wait, stop_after=1)):
                _drop_the_rest(listener)
                due = 0.0

    def _look_safely(self) -> float:
        """Seconds until the next look."""
        try:
            return min(POLL_SECONDS, self._look() or POLL_SECONDS)
        except Exception:  # one poisoned row must not stop the loop
            logger.exception("looking for sync requests failed", extra={"action": "look"})
            connections.close_all()
            return POLL_SECONDS


def _drop_the_rest(listener: psycopg.Connection[tuple[object, ...]]) -> None:
    """A storm of notifications is one reason to look."""
    for _ in listener.notifies(timeout=0):
        pass


def _listening() -> psycopg.Connection[tuple[object, ...]]:
    """A connection that is used for nothing else, so that no notification is missed between queries."""
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context"):  # Django's own; the rest is for libpq
        parameters.pop(name, None)
    listener = psycopg.connect(**parameters, autocommit=True)
    listener.execute(f"LISTEN {channels.SYNC}")
    return listener
