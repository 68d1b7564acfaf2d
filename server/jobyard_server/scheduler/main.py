"""The scheduler looks after what waits and what was lost. Several may run: every step is safe to repeat."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import Error, connection

from jobyard_server.lifecycle import Stop
from jobyard_server.receivers.calls import HookCalls
from jobyard_server.registry.lost_syncs import end_lost_syncs
from jobyard_server.runs.components import announce
from jobyard_server.scheduler.janitor import tidy_up
from jobyard_server.scheduler.reaper import Reaper
from jobyard_server.scheduler.sweeper import sweep
from jobyard_server.schedules.firing import Firing

TIDY_SECONDS = 60.0
TROUBLE_SECONDS = 1.0  #: After which a chore without a period is tried again when it failed.

log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class Chore:
    """Something that is done again and again."""

    work: Callable[[], object]
    every: float = 0.0  #: Seconds; 0: the work itself returns when it wants to be done again.
    due: float = 0.0  #: Monotonic.


def schedule() -> None:
    """Do the chores until SIGTERM."""
    with Stop() as stop, announce("scheduler"):
        chores = _chores()
        while not stop.wait(_seconds_to_wait(chores)):
            for chore in chores:
                _do_if_due(chore)
    connection.close()


def _chores() -> list[Chore]:
    options = settings.JOBYARD
    return [
        Chore(work=Firing().fire_due),
        Chore(work=HookCalls().start_called),
        Chore(work=Reaper().reap, every=options["REAPER_SECONDS"]),
        Chore(work=sweep, every=options["SWEEP_SECONDS"] / 2),
        Chore(work=end_lost_syncs, every=options["REAPER_SECONDS"]),
        Chore(work=tidy_up, every=TIDY_SECONDS),
    ]


def _seconds_to_wait(chores: list[Chore]) -> float:
    return max(0.0, min(chore.due for chore in chores) - time.monotonic())


def _do_if_due(chore: Chore) -> None:
    if time.monotonic() < chore.due:
        return
    chore.due = time.monotonic() + (chore.every or TROUBLE_SECONDS)
    try:
        answer = chore.work()
        if not chore.every and isinstance(answer, float):
            chore.due = time.monotonic() + answer
    except Error:
        log.warning("the database does not answer", extra={"action": chore.work.__qualname__})
        connection.close()
    except Exception:  # one poisoned row must not stop the other chores
        log.exception("a chore failed", extra={"action": chore.work.__qualname__})
