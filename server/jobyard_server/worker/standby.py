"""A forked child that waits for its run with a connection already open, and the zygote it comes from."""

from __future__ import annotations

import logging
import time
from contextlib import suppress

from django.conf import settings

from jobyard_server.isolation.zygote import ChildProcess, Zygote, ZygoteError
from jobyard_server.worker.login import child_login

RETRY_SECONDS = 1.0

log = logging.getLogger(__name__)


class Standby:
    """
    Hands out prepared children, one for each run, and prepares the next one.

    A prepared child has seen no author code and nothing of any run: only its own database connection.
    """

    def __init__(self, zygote: Zygote | None = None) -> None:
        self.zygote = zygote or Zygote(settings.DATA_DIR / "logs" / "zygote.log")
        self._waiting: ChildProcess | None = None
        self._not_before = 0.0  # monotonic; after a failed start

    def start(self) -> None:
        """
        Start the zygote and prepare the first child.

        Raises:
            ZygoteError: It did not start.
        """
        if not self.zygote.is_alive:
            self.zygote.start()
        self.refill()

    def stop(self) -> None:
        self.rest()
        self.zygote.stop()

    def rest(self) -> None:
        """Let the waiting child go; the zygote stays."""
        self._drop()

    def take(self) -> ChildProcess:
        """
        A child for one run.

        Raises:
            ZygoteError: No child can be had at the moment.
        """
        self._drop_if_dead()
        child = self._waiting or self._prepared()
        self._waiting = None
        return child

    def refill(self) -> None:
        """Prepare the next child if none waits; starts the zygote again when it is gone."""
        self._drop_if_dead()
        if self._waiting is not None or time.monotonic() < self._not_before:
            return
        try:
            if not self.zygote.is_alive:
                self.zygote.stop()
                self.zygote.start()
            self._waiting = self._prepared()
        except ZygoteError:
            self._not_before = time.monotonic() + RETRY_SECONDS
            log.exception("no child could be prepared", extra={"action": "standby"})

    def _prepared(self) -> ChildProcess:
        child = self.zygote.spawn()
        try:
            child.send({"task": "prepare", "database": child_login()})
        except OSError as exc:
            child.close()
            raise ZygoteError("the child ended before it could be prepared") from exc
        return child

    def _drop_if_dead(self) -> None:
        """It ends by itself when its connection is lost, say with the database."""
        self.zygote.pump()
        if self._waiting is not None and self._waiting.has_ended:
            self._drop()

    def _drop(self) -> None:
        if self._waiting is not None:
            with suppress(OSError):
                self._waiting.close()
            self._waiting = None
