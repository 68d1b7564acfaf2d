"""The steps of a sync as a list that fills while it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from jobyard import statuses
from jobyard_server.registry.history_models import SyncTimes
from jobyard_server.registry.models import Source
from jobyard_server.registry.source_steps import source_spans
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


_Span = tuple[str, timedelta | None]


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
    has_ended = result.is_terminal and not _is_being_seen(times)
    return _steps(spans(times), has_ended=has_ended, is_broken=result.status in BROKEN)


def steps_of_source(source: Source) -> list[Step]:
    """The same of the folder or of the plugins."""
    return _steps(source_spans(source), has_ended=not source.is_syncing, is_broken=bool(source.error))


def _steps(spans: Iterable[_Span], *, has_ended: bool, is_broken: bool) -> list[Step]:
    steps: list[Step] = []
    for step, span in spans:
        if step in WORDS:
            state = _state(span, steps, has_ended=has_ended, is_broken=is_broken)
            steps.append(Step(word=WORDS[step], state=state, span=span))
    return steps


def _is_being_seen(times: SyncTimes) -> bool:
    """Published, and workers still get it: the sync is over before the last of them has."""
    if times.published is None or times.visible is not None:
        return False
    return timezone.now() - times.published < LONGEST_TO_SEE


def _state(span: timedelta | None, before: list[Step], *, has_ended: bool, is_broken: bool) -> str:
    if span is not None:
        return "done"
    is_first = not before or before[-1].state == "done"
    if has_ended:
        return "failed" if is_first and is_broken else "left out"
    return "now" if is_first else "next"
