"""When the steps of a sync were done, and how long they take on the whole."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from jobyard_server.registry.history_models import StepFigure, SyncTimes
from jobyard_server.runs.models import JobResult

#: A step, the time at which it begins, and the time at which it is done.
STEPS = (
    ("wait", "received", "begun"),
    ("fetch", "begun", "fetched"),
    ("snapshot", "fetched", "snapshot"),
    ("inspect", "snapshot", "inspected"),
    ("publish", "inspected", "published"),
    ("show", "published", "visible"),
    ("total", "received", "visible"),
)
#: Upper bounds of the histograms, in seconds.
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0)

_ADD = """
INSERT INTO extras_stepfigure (step, counts, number, seconds)
SELECT step, counts::jsonb, 1, seconds
  FROM unnest(%(steps)s::text[], %(counts)s::text[], %(seconds)s::float[]) AS new (step, counts, seconds)
 ORDER BY step
ON CONFLICT (step) DO UPDATE
   SET number = extras_stepfigure.number + 1,
       seconds = extras_stepfigure.seconds + excluded.seconds,
       counts = (SELECT jsonb_agg(old.value::int + new.value::int ORDER BY n)
                   FROM jsonb_array_elements_text(extras_stepfigure.counts) WITH ORDINALITY AS old (value, n)
                   JOIN jsonb_array_elements_text(excluded.counts) WITH ORDINALITY AS new (value, n)
                  USING (n))
"""
_SEE = """
UPDATE extras_synctimes AS times
   SET seen_by = seen_by || to_jsonb(%(worker)s::text)
  FROM extras_jobresult AS result
  JOIN extras_source AS source ON source.id = result.source_model_id
 WHERE result.id = times.result_id AND source.key = %(source)s
   AND times.published IS NOT NULL AND times.visible IS NULL AND NOT times.seen_by ? %(worker)s
RETURNING times.result_id
"""


class StepClock:
    """
    Notes when each step of one sync is done. What was noted is written together with something else, since a
    commit of its own would take as long as a step.
    """

    def __init__(self, result: JobResult) -> None:
        self._times = SyncTimes(result=result, received=result.created, begun=timezone.now())
        self._times.save(force_insert=True)
        self._noted: list[str] = []

    def done(self, step: str) -> None:
        """Args: step: One of the columns of ``SyncTimes``."""
        setattr(self._times, step, timezone.now())
        self._noted.append(step)

    def store(self) -> None:
        """Best inside a transaction that is made anyway."""
        if self._noted:
            self._times.save(update_fields=self._noted)
            self._noted = []

    def end(self, workers: set[str]) -> None:
        """
        The sync is over. Where nobody has to see it, it is visible from the moment it was published.

        Args:
            workers: Ids of the workers that are alive and will say when they see it.
        """
        self.store()
        self._times.refresh_from_db()
        _count(self._times, STEPS[:-2])
        if self._times.published and not workers:
            _set_visible(self._times.result_id, self._times.published)


def mark_published(result: JobResult) -> None:
    """Inside the transaction of ``publish``: whoever hears of it finds the time there."""
    SyncTimes.objects.filter(result=result).update(published=timezone.now())


def forget_the_dead(alive: set[str]) -> None:
    """Publications that wait only for workers that are gone are visible, as far as anybody can tell."""
    for times in SyncTimes.objects.filter(published__isnull=False, visible__isnull=True):
        if alive <= set(times.seen_by):
            _set_visible(times.pk, timezone.now())


def mark_seen(source_key: str, worker: uuid.UUID, alive: set[str]) -> None:
    """
    A worker can start runs of what was published last of a source.

    Args:
        source_key: What was heard of.
        worker: Id of its ``Component``.
        alive: Ids of all workers; when each of them has said so, the publication is visible.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SEE, {"worker": str(worker), "source": source_key})
        ids = [row[0] for row in cursor.fetchall()]
    for times in SyncTimes.objects.filter(pk__in=ids):
        if alive <= set(times.seen_by):
            _set_visible(times.pk, timezone.now())


def spans(times: SyncTimes) -> list[tuple[str, timedelta | None]]:
    """Each step and how long it took; None where it has not come to pass."""
    return [(step, _span(getattr(times, start), getattr(times, stop))) for step, start, stop in STEPS]


def _set_visible(result_id: uuid.UUID, moment: datetime) -> None:
    with transaction.atomic():
        waiting = SyncTimes.objects.select_for_update().filter(pk=result_id, visible__isnull=True).first()
        if waiting is None:
            return
        waiting.visible = moment
        waiting.save(update_fields=["visible"])
        _count(waiting, STEPS[-2:])


def _count(times: SyncTimes, steps: Sequence[tuple[str, str, str]]) -> None:
    """One statement for all of *steps* that came to pass."""
    found = {
        step: span.total_seconds()
        for step, start, stop in steps
        if (span := _span(getattr(times, start), getattr(times, stop))) is not None
    }
    counts = [str([int(seconds <= bound) for bound in BOUNDS]) for seconds in found.values()]
    with connection.cursor() as cursor:
        cursor.execute(_ADD, {"steps": list(found), "counts": counts, "seconds": list(found.values())})


def _span(start: datetime | None, stop: datetime | None) -> timedelta | None:
    return max(stop - start, timedelta()) if start and stop else None


def figures() -> list[StepFigure]:
    """The histograms so far."""
    return list(StepFigure.objects.order_by("step"))
