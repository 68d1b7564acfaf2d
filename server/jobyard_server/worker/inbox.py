"""How other threads talk to the worker's loop: they leave a word and wake it, and see what it holds."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Renewal:
    """The answer to a heartbeat."""

    sent_at: float  #: Monotonic, from before it was sent.
    fences: dict[UUID, int]  #: Of the runs whose lease was renewed.


@dataclass(kw_only=True)
class Words:
    """What was left since the last look."""

    wake_ups: int = 0
    cancels: list[tuple[UUID, str]] = field(default_factory=list)  #: Run and the user who asked.
    renewal: Renewal | None = None  #: The newest one.


class Inbox:
    """Any thread may leave words; the loop takes them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._words = Words()
        self.held: frozenset[UUID] = frozenset()  #: Runs whose leases are to be renewed; set by the loop.
        self._read, self._write = os.pipe()
        for descriptor in (self._read, self._write):
            os.set_blocking(descriptor, False)

    @property
    def wake_descriptor(self) -> int:
        """For ``signal.set_wakeup_fd``: a signal wakes the loop too."""
        return self._write

    def fileno(self) -> int:
        return self._read

    def wake_up(self, _run_id: UUID | None = None) -> None:
        with self._lock:
            self._words.wake_ups += 1
        self._ring()

    def cancel(self, run_id: UUID, user: str) -> None:
        with self._lock:
            self._words.cancels.append((run_id, user))
        self._ring()

    def renewed(self, renewal: Renewal) -> None:
        with self._lock:
            self._words.renewal = renewal
        self._ring()

    def take(self) -> Words:
        with suppress(BlockingIOError):
            os.read(self._read, 4096)
        with self._lock:
            words, self._words = self._words, Words()
        return words

    def close(self) -> None:
        os.close(self._read)
        os.close(self._write)

    def _ring(self) -> None:
        with suppress(BlockingIOError, OSError):  # full: it is awake anyway
            os.write(self._write, b"!")
