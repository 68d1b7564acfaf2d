"""The parts of jobyard and how each one is entered."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Part:
    """One process of the tree."""

    name: str  #: For people and log files: web, sync, scheduler, worker, worker-2, …
    work: Callable[[], None] = field(repr=False)  #: Blocks until SIGTERM.
    grace: float  #: Seconds between SIGTERM and SIGKILL.


def all_parts(listener: socket.socket, *, workers: int) -> list[Part]:
    """In the order in which they are stopped."""
    sync, scheduler, worker = (_without(listener, work) for work in (run_sync, run_scheduler, run_worker))
    return [
        Part(name="web", work=lambda: run_web(listener), grace=6),
        Part(name="sync", work=sync, grace=10),
        Part(name="scheduler", work=scheduler, grace=5),
        *(Part(name=_worker_name(n), work=worker, grace=15) for n in range(1, workers + 1)),
    ]


def _without(listener: socket.socket, work: Callable[[], None]) -> Callable[[], None]:
    """Author code runs below the worker; it must not find the socket that users connect to."""

    def enter() -> None:
        listener.close()
        work()

    return enter


def _worker_name(number: int) -> str:
    return "worker" if number == 1 else f"worker-{number}"


def run_web(listener: socket.socket) -> None:
    from jobyard_server.web import serve  # noqa: PLC0415  # each part loads only its own code

    serve(listener)


def run_sync() -> None:
    from jobyard_sync.daemon import run  # noqa: PLC0415  # see above

    run()


def run_scheduler() -> None:
    from jobyard_server.scheduler.main import schedule  # noqa: PLC0415  # see above

    schedule()


def run_worker() -> None:
    from jobyard_server.runs.models import DEFAULT_QUEUE  # noqa: PLC0415  # see above
    from jobyard_server.worker.main import work  # noqa: PLC0415  # see above

    work([DEFAULT_QUEUE])
