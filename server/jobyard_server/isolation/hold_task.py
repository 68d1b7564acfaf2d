"""
The task of a snapshot's zygote: import modules of one snapshot, then fork the children of their runs.

It runs author code at import, under the limits and in the sandbox of a run. If that left anything behind
which forks would share (threads, children, sockets and other descriptors), or asked the database, it gives
up: it ends, and the children of these modules import them by themselves.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import OperationalError, connection

from jobyard_server.isolation import kernel
from jobyard_server.isolation.belongings import count_threads, open_descriptors
from jobyard_server.isolation.confine import confine, settle
from jobyard_server.isolation.frames import Frame, FrameSocket
from jobyard_server.isolation.loaders import loader_of


class GivenUp(Exception):  # noqa: N818  # an event of the domain
    """This snapshot cannot have a zygote; the reason goes to the log of its owner."""


def hold(task: Frame, frames: FrameSocket) -> None:
    """
    Load the modules of the task, then take the orders of a zygote from its channel.

    Raises:
        GivenUp: Something was left behind.
    """
    scratch = Path(task["scratch"])
    settle(scratch)
    confine(task["containment"], root=Path(task["root"]), scratch=scratch, sees_processes=True)
    before = open_descriptors()
    loader = loader_of(task).install()
    with _without_database() as asked_for:
        for name in task["modules"]:
            loader.load(name)
    left = ", ".join([*asked_for, *_left_behind(before)])
    if left:
        raise GivenUp(f"importing {', '.join(task['modules'])} left or needs {left}")
    gc.collect()
    gc.freeze()
    from jobyard_server.isolation.zygote_loop import serve_owner  # noqa: PLC0415  # it serves this task too

    serve_owner(frames.socket)


@contextmanager
def _without_database() -> Iterator[set[str]]:
    """What a module reads from the database while it is imported must be read anew for each run."""
    asked_for: set[str] = set()

    def refuse() -> None:
        asked_for.add("the database")
        raise OperationalError("there is no database while a snapshot is loaded ahead of its runs")

    connection.connect = refuse  # type: ignore[method-assign]  # of this process only, and taken back
    try:
        yield asked_for
    finally:
        del connection.connect


def _left_behind(before: set[int]) -> Iterator[str]:
    if count_threads() > 1:
        yield "a thread"
    if kernel.children_of_ours():
        yield "a child process"
    for descriptor in sorted(open_descriptors() - before):
        yield _name_of(descriptor)


def _name_of(descriptor: int) -> str:
    try:
        target = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  # no path
    except OSError:
        target = "unknown"
    return f"a descriptor ({target})"
