"""An engine within one process: for tests, of jobyard and of what is built on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID


class MemoryEngine:
    """Calls the consumers of this process at once; without one, a message is only remembered."""

    def __init__(self) -> None:
        self.sent: list[tuple[UUID, str]] = []  #: Run and queue of every message, oldest first.
        self._consumers: list[tuple[list[str], Callable[[UUID], None]]] = []

    def send(self, run_id: UUID, queue: str) -> None:
        self.sent.append((run_id, queue))
        for queues, on_message in self._consumers:
            if queue in queues:
                on_message(run_id)

    @contextmanager
    def consume(self, queues: list[str], on_message: Callable[[UUID], None]) -> Iterator[None]:
        consumer = (queues, on_message)
        self._consumers.append(consumer)
        try:
            yield
        finally:
            self._consumers.remove(consumer)

    def check(self) -> None:
        """Always there."""

    def close(self) -> None:
        """Nothing to give back."""
