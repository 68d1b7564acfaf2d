"""Hears of cancel requests at once, instead of at the next heartbeat."""

from __future__ import annotations

import logging
import threading
from typing import Self
from uuid import UUID

import psycopg
from django.db import connection

from jobyard_server.runs.cancel import CHANNEL
from jobyard_server.runs.models import JobResult
from jobyard_server.worker.inbox import Inbox

WAIT_SECONDS = 1.0
RETRY_SECONDS = 5.0

log = logging.getLogger(__name__)


class CancelListener:
    """A thread with a connection of its own; while it has none, the heartbeat covers for it."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cancel-listener", daemon=True)

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
            except (psycopg.Error, ValueError):
                log.info("the connection for cancel requests is gone; trying again")
                self._stop.wait(RETRY_SECONDS)
            finally:
                connection.close()

    def _listen(self) -> None:
        connection.ensure_connection()
        connection.connection.execute(f"LISTEN {CHANNEL}")
        while not self._stop.is_set():
            for notice in connection.connection.notifies(timeout=WAIT_SECONDS, stop_after=1):
                self._pass_on(UUID(notice.payload))

    def _pass_on(self, run_id: UUID) -> None:
        user = JobResult.objects.filter(pk=run_id).values_list("cancel_requested_by", flat=True).first()
        if user is not None:
            self._inbox.cancel(run_id, user)
