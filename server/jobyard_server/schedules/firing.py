"""Starts what is due. Several schedulers may do this at once: a constraint lets each time happen once."""

from __future__ import annotations

import logging
import time
import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, transaction
from django.utils import timezone

from jobyard.errors import InputErrors
from jobyard_server.access.permissions import may
from jobyard_server.registry.lookup import jobs_to_run
from jobyard_server.registry.models import Job
from jobyard_server.runs.checks import RunRequest
from jobyard_server.runs.errors import NotAllowedToRun, RunRefused
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.not_started import record_not_started
from jobyard_server.runs.submit import submit
from jobyard_server.schedules.models import PENDING, RUN, SKIPPED, Occurrence, ScheduledJob

LOOK_AGAIN_SECONDS = 1.0  #: A schedule may have been made or changed meanwhile.
POSTPONED_SECONDS = 60.0
BATCH = 100
_MOMENT = timedelta(microseconds=1)
_MOST_TIMES = 100_000  #: Missed ones looked at in one turn; a month of minutes is less.

log = logging.getLogger(__name__)


class Firing:
    """Remembers which schedules gave trouble, so that one bad row does not stop the others."""

    def __init__(self) -> None:
        self._postponed: dict[uuid.UUID, float] = {}  # to the monotonic time of the next try

    def fire_due(self, now: datetime | None = None) -> float:
        """Start all runs that are due at *now*; seconds until it is worth to look again."""
        now = now or timezone.now()
        while keys := self._due(now):
            for key in keys:
                self._fire_one(key, now)
        return _seconds_to_next(now)

    def _due(self, now: datetime) -> list[uuid.UUID]:
        self._postponed = {key: due for key, due in self._postponed.items() if due > time.monotonic()}
        due = ScheduledJob.objects.filter(next_at__lte=now).exclude(pk__in=self._postponed)
        return list(due.order_by("next_at").values_list("pk", flat=True)[:BATCH])

    def _fire_one(self, key: uuid.UUID, now: datetime) -> None:
        try:
            with transaction.atomic():
                row = _lock(key, now)
                if row is None:  # somebody else has it, or it changed
                    self._postponed[key] = time.monotonic() + LOOK_AGAIN_SECONDS
                else:
                    fire(row, now)
        except Error:
            raise
        except Exception:
            log.exception("a schedule could not be started", extra={"action": "fire", "schedule": str(key)})
            self._postponed[key] = time.monotonic() + POSTPONED_SECONDS


def fire(row: ScheduledJob, now: datetime) -> JobResult | None:
    """
    Start the newest time of *row* that is due; older ones are recorded as skipped.

    Args:
        row: Locked by the transaction around this.
        now: Everything up to here is due.
    """
    due = _times_due(row, now)
    job = jobs_to_run().get(pk=row.job_model_id)
    missed, result = due, None
    if _asks_again(row, job):
        row.approval, row.decided_by, row.decided_at = PENDING, None, None
        row.revision, row.fingerprint = job.module.revision, job.module.fingerprint
    elif row.is_one_off or due[-1] >= now - timedelta(seconds=settings.JOBYARD["SCHEDULE_CATCH_UP"]):
        missed, result = due[:-1], _start(row, job, due[-1], now)
    if missed:
        skipped = {"outcome": SKIPPED, "count": len(missed)}
        Occurrence.objects.get_or_create(schedule=row, nominal_time=missed[0], defaults=skipped)
    row.next_at = row.rule.after(due[-1]) if _goes_on(row) else None
    row.save(update_fields=_STATE)
    return result


def _asks_again(row: ScheduledJob, job: Job) -> bool:
    """The code that was approved is not the code that would run."""
    if not (row.approval_required and settings.JOBYARD["REAPPROVE_ON_CHANGE"]) or row.is_pinned:
        return False
    approved, published = row.revision, job.module.revision
    if approved is None or published is None:
        return True
    if (
        row.fingerprint and job.module.fingerprint
    ):  # a push that touches neither module nor helper asks nobody
        return row.fingerprint != job.module.fingerprint
    return approved.snapshot_digest != published.snapshot_digest


def _goes_on(row: ScheduledJob) -> bool:
    return row.enabled and not row.is_one_off and row.approval != PENDING


_STATE = (
    *("next_at", "last_run_at", "total_run_count", "enabled", "disabled_reason", "approval", "decided_by"),
    *("decided_at", "revision", "fingerprint", "date_changed"),
)


def _times_due(row: ScheduledJob, now: datetime) -> list[datetime]:
    """From ``next_at`` to *now*, never empty."""
    assert row.next_at is not None  # noqa: S101  # it is due
    times = [row.next_at]
    if row.is_one_off:
        return times
    for moment in row.rule.times_after(row.next_at):
        if moment > now or len(times) == _MOST_TIMES:
            break
        times.append(moment)
    return times


def _start(row: ScheduledJob, job: Job, nominal: datetime, now: datetime) -> JobResult | None:
    """The run of this time; None when there was one already."""
    is_first = {"outcome": RUN}
    occurrence, is_new = Occurrence.objects.get_or_create(
        schedule=row, nominal_time=nominal, defaults=is_first
    )
    if not is_new:
        return None
    asked = RunRequest(
        job=job,
        user=row.user,
        data=row.inputs,
        commit=row.commit,
        task_queue=row.task_queue,
        request={**row.request, "id": str(uuid.uuid4())},
        schedule=row,
    )
    result = _submit_or_record(asked, row)
    occurrence.job_result = result
    occurrence.save(update_fields=["job_result"])
    row.last_run_at, row.total_run_count = now, row.total_run_count + 1
    return result


def _submit_or_record(asked: RunRequest, row: ScheduledJob) -> JobResult:
    """What cannot run ends at once and says why; the schedule goes on unless its owner is the reason."""
    try:
        with transaction.atomic():
            return submit(asked)
    except NotAllowedToRun:
        sentence = _owner_problem(row, asked.job)
        row.enabled, row.disabled_reason = False, sentence
    except RunRefused as exc:
        sentence = str(exc)
    except InputErrors as exc:
        sentence = f"The stored inputs do not fit this job any more. {exc}"
    return record_not_started(asked, sentence)


def _owner_problem(row: ScheduledJob, job: Job) -> str:
    if row.user is None:
        return "The account that this ran as was deleted. Schedule the job again as somebody else."
    if not row.user.is_active:
        return f"The account {row.user} is not active. Activate it, then enable this schedule again."
    assert not may(row.user, "run", job)  # noqa: S101  # the only reason left
    return f"{row.user} does not have the permission extras.run_job for this job. Grant it, then enable this."


def _lock(key: uuid.UUID, now: datetime) -> ScheduledJob | None:
    due = ScheduledJob.objects.filter(pk=key, next_at__lte=now)
    rows = due.select_for_update(of=("self",), skip_locked=True)
    return rows.select_related("user", "revision").first()


def _seconds_to_next(now: datetime) -> float:
    later = ScheduledJob.objects.filter(next_at__gt=now).order_by("next_at")
    next_at = later.values_list("next_at", flat=True).first()
    if next_at is None:
        return LOOK_AGAIN_SECONDS
    return min(LOOK_AGAIN_SECONDS, max(0.0, (next_at - timezone.now()).total_seconds()))
