"""The process that inspection children are forked from, and one of them that waits for the next sync."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from django.db import Error

from jobyard_server.isolation.zygote import ChildProcess, Zygote, ZygoteError
from jobyard_server.worker.standby import Standby
from jobyard_sync.errors import InspectionUnavailable

IDLE_SECONDS = 30.0  #: After which a child that nobody has used is let go, with its memory and connection.
_REST_SECONDS = 1.0  #: Whoever stops does not wait longer for a child that is being prepared.

logger = logging.getLogger(__name__)


class InspectionZygote:
    """One zygote for all sync threads; started again when it is gone."""

    def __init__(self, log_file: Path | None = None) -> None:
        self._log_file = log_file
        self._zygote = Zygote(log_file)
        self._starting = threading.Lock()
        self._standby = Standby(self._zygote.spawn, kind="inspect")
        self._preparing = threading.Lock()  # guards the standby
        self._prepared_at = 0.0  # monotonic

    def start(self) -> None:
        """
        Start it, or start it again.

        Raises:
            InspectionUnavailable: It did not come up.
        """
        with self._starting:
            if self._zygote.is_alive:
                return
            try:
                if self._log_file is not None:
                    self._log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._zygote.stop()  # collects the one that is gone
                self._zygote.start()
            except (ZygoteError, OSError) as exc:
                raise InspectionUnavailable(f"No inspection process could be started: {exc}.") from exc

    def stop(self) -> None:
        self.rest()
        self._zygote.stop()

    def prepare(self) -> None:
        """
        Have a child wait, connected to the database, so that the next inspection begins at once: forking and
        logging in take longer than most modules. Best called when nobody waits. Never raises.
        """
        if self._starting.locked():
            return  # whoever starts it prepares one afterwards
        with self._preparing:
            try:
                if self._zygote.is_alive:
                    self._standby.refill()
                    self._prepared_at = time.monotonic()
            except (ZygoteError, Error):
                logger.info("no inspection child was prepared", extra={"action": "prepare"}, exc_info=True)

    def rest_when_idle(self) -> None:
        """To be called now and then: the first inspection after a quiet time makes its own child."""
        if time.monotonic() - self._prepared_at > IDLE_SECONDS:
            self.rest()

    def rest(self) -> None:
        """Let the waiting child go, and its connection with it."""
        if not self._preparing.acquire(timeout=_REST_SECONDS):
            return  # one is just being made; it ends with the zygote
        try:
            self._standby.rest()
        finally:
            self._preparing.release()

    def spawn(self) -> ChildProcess:
        """
        A child that waits for its task.

        Raises:
            InspectionUnavailable: There is none to be had.
        """
        self.start()
        try:
            with self._preparing:
                if self._standby.is_ready:
                    return self._standby.take()
            return self._zygote.spawn()
        except ZygoteError as exc:
            raise InspectionUnavailable(f"No inspection process could be started: {exc}.") from exc

    @property
    def is_alive(self) -> bool:
        return self._zygote.is_alive

    def pump(self) -> None:
        """Take in how children ended."""
        self._zygote.pump()
