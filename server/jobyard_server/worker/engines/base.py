"""The seam to whatever carries a run's id to a worker. An engine is a wake-up; it never holds truth."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from django.conf import settings

ENGINES = {"dramatiq": "jobyard_server.worker.engines.dramatiq"}
MESSAGE_VERSION = 1


class Engine(Protocol):
    """What the server and the worker need of an engine; any message may be lost, late or doubled."""

    def send(self, run_id: UUID, queue: str) -> None:
        """Announce that a run waits in *queue*."""
        ...

    def consume(self, queues: list[str], on_message: Callable[[UUID], None]) -> AbstractContextManager[None]:
        """Call *on_message*, from any thread, for what arrives while the block runs."""
        ...


_in_use: list[Engine] = []


def engine() -> Engine:
    """The engine that the options name; made once in each process, at its first use."""
    if not _in_use:
        module = importlib.import_module(ENGINES[settings.JOBYARD["ENGINE"]])
        use_engine(module.make_engine())
    return _in_use[0]


def use_engine(chosen: Engine | None) -> None:
    """Use *chosen* in this process; None goes back to what the options name."""
    _in_use[:] = [] if chosen is None else [chosen]
