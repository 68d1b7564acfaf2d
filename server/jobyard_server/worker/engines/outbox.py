"""
Sends from a thread of its own, so that no request ever waits for a broker over the network.

One thread also means one connection: the threads of requests come and go, and a library that keeps a
connection for each of them would never stop opening new ones.
"""

from __future__ import annotations

import atexit
import logging
import queue
import threading
from collections.abc import Callable
from uuid import UUID

MOST_WAITING = 10_000
LAST_SECONDS = 2.0  #: A process that ends gives what still waits so much time.

log = logging.getLogger(__name__)

Letter = tuple[UUID, str]  #: Run and queue.


class Outbox:
    """Takes messages at once and sends them one after the other; what fails is left to the sweeper."""

    def __init__(self, send: Callable[[UUID, str], None]) -> None:
        self._send = send
        self._waiting: queue.Queue[Letter | None] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, run_id: UUID, queue_name: str) -> None:
        self._start()
        try:
            self._waiting.put_nowait((run_id, queue_name))
        except queue.Full:
            log.warning("too many messages wait for the broker", extra={"action": "send", "run": str(run_id)})

    def close(self) -> None:
        """Send what waits, for a moment, and end."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._waiting.put(None)
            thread.join(LAST_SECONDS)
            atexit.unregister(self.close)

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="engine-outbox", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def _run(self) -> None:
        while (letter := self._waiting.get()) is not None:
            try:
                self._send(*letter)
            except Exception as exc:  # noqa: BLE001  # the broker's library may raise anything
                # Its text may name the address with the password, so only its kind is logged.
                extra = {"action": "send", "run": str(letter[0]), "dropped": 1 + self._drop_waiting()}
                log.warning("the broker takes no message (%s)", type(exc).__name__, extra=extra)

    def _drop_waiting(self) -> int:
        """They would fail as well, each after its own time limit; the number of those dropped."""
        dropped = 0
        while True:
            try:
                letter = self._waiting.get_nowait()
            except queue.Empty:
                return dropped
            if letter is None:  # the sign to end stays
                self._waiting.put(None)
                return dropped
            dropped += 1
