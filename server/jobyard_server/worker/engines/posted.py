"""An engine whose broker is somewhere on the network: its messages go through an outbox."""

from __future__ import annotations

from contextlib import AbstractContextManager
from uuid import UUID

from jobyard_server.worker.engines.base import Engine, OnMessage
from jobyard_server.worker.engines.outbox import Outbox


class PostedEngine:
    """Like the engine that it wraps, but ``send()`` returns at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._outbox = Outbox(engine.send)

    def send(self, run_id: UUID, queue: str) -> None:
        self._outbox.put(run_id, queue)

    def consume(self, queues: list[str], on_message: OnMessage) -> AbstractContextManager[None]:
        return self._engine.consume(queues, on_message)

    def check(self) -> None:
        self._engine.check()

    def close(self) -> None:
        self._outbox.close()
        self._engine.close()
