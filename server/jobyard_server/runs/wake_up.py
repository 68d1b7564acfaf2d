"""Tells the engine that a run waits. A lost message costs seconds, never a run: see ``scheduler.sweeper``."""

from __future__ import annotations

import logging

from django.db.models import F
from django.db.models.functions import Now

from jobyard_server.runs.locks import next_after
from jobyard_server.runs.models import JobResult
from jobyard_server.worker.engines.base import engine

log = logging.getLogger(__name__)


def wake_up(result: JobResult) -> None:
    """Send the run's id; whatever goes wrong is logged, because the run is already accepted."""
    try:
        engine().send(result.pk, result.task_queue)
    except Exception:  # the broker's library may raise anything
        log.exception("a run could not be announced", extra={"action": "wake_up", "run": str(result.pk)})


def wake_up_next(ended: JobResult) -> None:
    """Announce the run that has waited for *ended*, whose locks nobody holds any more."""
    waiting = next_after(ended)
    if waiting is not None:
        wake_up(waiting)


def wake_up_again(results: list[JobResult]) -> None:
    """For runs that no worker took: send once more, and remember when."""
    keys = [result.pk for result in results]
    JobResult.objects.filter(pk__in=keys).update(last_sent_at=Now(), times_sent=F("times_sent") + 1)
    for result in results:
        wake_up(result)
