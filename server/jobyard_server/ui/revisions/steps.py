"""The steps of a sync as a list that fills while it goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from jobyard import statuses
from jobyard_server.registry.history_models import SyncTimes
from jobyard_server.registry.sync_times import spans
from jobyard_server.runs.models import JobResult

BROKEN: Final = (statuses.ERRORED, statuses.TIMED_OUT)  #: Ends of syncs that did not get through.
LONGEST_TO_SEE: Final = timedelta(minutes=1)  #: Then a worker that has not said so is not waited for.
WORDS: Final = {
    "wait": "Received",
    "fetch": "Fetched",
    "snapshot": "Snapshot made",
    "inspect": "Inspected",
    "publish": "Published",
    "show": "Visible on every worker",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step; ``state`` is ``done``, ``now``, ``next``, ``failed`` or ``left out``."""

    word: str
    state: str
    span: timedelta | None


def steps_of(result: JobResult) -> list[Step]:
    """What is done, what is being done, what comes; of an ended sync what it left out."""
    times = SyncTimes.objects.filter(result=result).first()
    if times is None:
        return []
    steps: list[Step] = []
    for step, span in spans(times):
        if step in WORDS:
            has_ended = result.is_terminal and not _is_being_seen(times)
            state = _state(span, steps, result, has_ended=has_ended)
            steps.append(Step(word=WORDS[step], state=state, span=span))
    return steps


def _is_being_seen(times: SyncTimes) -> bool:
    """Published, and workers still get it: the sync is over before the last of them has."""
    if times.published is None or times.visible is not None:
        return False
    return timezone.now() - times.published < LONGEST_TO_SEE


def _state(span: timedelta | None, before: list[Step], result: JobResult, *, has_ended: bool) -> str:
    if span is not None:
        return "done"
    is_first = not before or before[-1].state == "done"
    if has_ended:
        return "failed" if is_first and result.status in BROKEN else "left out"
    return "now" if is_first else "next"
