"""Deciding about requests: somebody other than whoever asked looks at job, inputs and revision first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from jobyard_server.access import audit
from jobyard_server.access.audit import record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.registry.lookup import jobs_to_run
from jobyard_server.registry.models import Job
from jobyard_server.runs.checks import RunRequest, check_as_shown
from jobyard_server.runs.input_files import delete_files
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.submit import submit_checked
from jobyard_server.schedules.errors import AlreadyDecided, NotApprover, NotDenier, OwnRequest, StartIsPast
from jobyard_server.schedules.firing import fire
from jobyard_server.schedules.models import APPROVED, DENIED, PENDING, ScheduledJob
from jobyard_server.schedules.times import FUTURE


def approve(request: ScheduledJob, user: User, *, force: bool = False) -> ScheduledJob:
    """
    Let *request* run: at once, or at its time.

    Args:
        request: One that waits.
        user: Who decides; may change schedules and approve the job.
        force: Run it now although its time is over.

    Raises:
        ScheduleRefused: NotApprover, AlreadyDecided, OwnRequest or StartIsPast.
    """
    if not _may_approve(request, user):
        raise NotApprover
    with transaction.atomic():
        row, now = _waiting(request), timezone.now()
        if row.user_id == user.pk:
            raise OwnRequest
        is_past = row.interval == FUTURE and row.start_time is not None and row.start_time < now
        if is_past and not force:
            raise StartIsPast
        _decide(row, APPROVED, user, now)
        record(audit.APPROVED, user=user, target=row)
        # A single time that is over, and "immediately", are due now.
        row.next_at = row.rule.after(now) or (now if row.is_one_off else None)
        row.save()
        if row.next_at is not None and row.next_at <= now:
            fire(row, now)
    return row


def deny(request: ScheduledJob, user: User) -> ScheduledJob:
    """
    Keep *request* from ever running; the record stays, its files go.

    Raises:
        ScheduleRefused: NotDenier or AlreadyDecided.
    """
    if not (may(user, "delete", request) and may(user, "approve", request.job_model)):
        raise NotDenier
    with transaction.atomic():
        row = _waiting(request)
        _decide(row, DENIED, user, timezone.now())
        record(audit.DENIED, user=user, target=row)
        row.enabled, row.next_at = False, None
        row.save()
        delete_files(row)
    return row


def try_out(request: ScheduledJob, user: User, *, described: dict[str, object]) -> JobResult:
    """
    Run *request* as a dry run by *user*, to see what it would do; it goes on waiting.

    Raises:
        RunRefused: As ``submit``.
        AlreadyDecided: It does not wait any more.
    """
    job = jobs_to_run().get(pk=request.job_model_id)
    checked = check_as_shown(job, user, request, commit=False)
    if not request.is_waiting_for_approval or request.revision is None:
        raise AlreadyDecided
    return submit_checked(RunRequest(job=job, user=user, request=described), checked, files_of=request)


def waiting_for(user: User) -> QuerySet[ScheduledJob]:
    """Requests that *user* could decide, oldest first."""
    waiting = ScheduledJob.objects.filter(approval=PENDING).exclude(user=user)
    jobs = restrict(Job.objects.all(), user, "approve").order_by()
    decidable = Q(pk__in=restrict(waiting, user, "change").order_by().values("pk"))
    decidable |= Q(pk__in=restrict(waiting, user, "delete").order_by().values("pk"))
    waiting = waiting.filter(decidable, job_model__in=jobs)
    return waiting.select_related("job_model", "user").order_by("created")


def _may_approve(request: ScheduledJob, user: User) -> bool:
    return may(user, "change", request) and may(user, "approve", request.job_model)


def _waiting(request: ScheduledJob) -> ScheduledJob:
    """The row, locked, so that two people cannot decide differently."""
    row = ScheduledJob.objects.select_for_update(of=("self",)).select_related("revision").get(pk=request.pk)
    if not row.is_waiting_for_approval:
        raise AlreadyDecided
    return row


def _decide(row: ScheduledJob, answer: str, user: User, now: datetime) -> None:
    row.approval, row.decided_by, row.decided_at = answer, user, now
