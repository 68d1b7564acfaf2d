"""
The seam to whatever carries a run's id to a worker. An engine is a wake-up; it never holds truth.

``ENGINES`` names a factory for each pair of engine and broker, so that a library nobody chose is never
imported. One suite, tests/server/worker/engines, runs over all of them.

Source: docs/adr/0014
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol
from uuid import UUID

from django.conf import settings

from jobyard_server.worker.engines.address import broker_kind

_ROOM = "jobyard_server.worker.engines"

#: Engine and broker to the module whose ``make_engine()`` makes it.
ENGINES = {
    ("dramatiq", "postgresql"): f"{_ROOM}.dramatiq_on_postgresql",
    ("dramatiq", "redis"): f"{_ROOM}.dramatiq_on_redis",
    ("dramatiq", "rabbitmq"): f"{_ROOM}.dramatiq_on_rabbitmq",
    ("celery", "redis"): f"{_ROOM}.celery_engine",
    ("celery", "rabbitmq"): f"{_ROOM}.celery_engine",
}

OnMessage = Callable[[UUID], None]


class Engine(Protocol):
    """What the server and the worker need of an engine; any message may be lost, late or doubled."""

    def send(self, run_id: UUID, queue: str) -> None:
        """
        Announce that a run waits in *queue*.

        Never waits for a broker over the network: such an engine sends from a thread of its own.
        """
        ...

    def consume(self, queues: list[str], on_message: OnMessage) -> AbstractContextManager[None]:
        """
        Call *on_message*, from any thread, for what arrives while the block runs.

        Goes on by itself after the broker was away. A message is settled before it is looked at.
        """
        ...

    def check(self) -> None:
        """Ask the broker for a sign of life; whatever its library raises says that there is none."""
        ...

    def close(self) -> None:
        """Give connections and threads back; what still waits to be sent is dropped."""
        ...


_in_use: list[Engine] = []


def engine() -> Engine:
    """The engine that the options name; made once in each process, at its first use."""
    if not _in_use:
        use_engine(make_engine())
    return _in_use[0]


def make_engine() -> Engine:
    """A new engine as the options say."""
    options = settings.JOBYARD
    name = ENGINES[options["ENGINE"], broker_kind(options["BROKER_URL"])]
    made: Engine = importlib.import_module(name).make_engine()
    return made


def use_engine(chosen: Engine | None) -> None:
    """Use *chosen* in this process; None goes back to what the options name."""
    _in_use[:] = [] if chosen is None else [chosen]
