"""The door to a run that does not start now: because it shall start later, or somebody has to approve it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from jobyard.spec import JobSpec
from jobyard_server.access.audit import SCHEDULED, record
from jobyard_server.runs.checks import Checked, RunRequest, check, runnable_revision
from jobyard_server.runs.input_files import store_files
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.submit import submit
from jobyard_server.schedules.errors import (
    InvalidSchedule,
    SchedulingDisabled,
    SensitiveAndApproved,
    SensitiveAndScheduled,
)
from jobyard_server.schedules.models import PENDING, ScheduledJob
from jobyard_server.schedules.times import ONE_OFF
from jobyard_server.schedules.wish import Wish, immediately

FILES_AND_AGAIN = "Jobs with an uploaded file run once only; choose a single time."
SECRET_AND_LATER = "Inputs that are secret are never kept for later, so this job can only run now."  # noqa: S105


def accept(asked: RunRequest, wish: Wish | None) -> JobResult | ScheduledJob:
    """
    Start a run now, or keep it for later or for an approval, whichever it has to be.

    Raises:
        RunRefused: As ``submit``.
        ScheduleRefused: One of ``schedules.errors``.
        InputErrors: The inputs do not fit.
    """
    needs_approval = asked.job.spec.approval_required
    return schedule(asked, wish) if wish or needs_approval else submit(asked)


def schedule(asked: RunRequest, wish: Wish | None) -> ScheduledJob:
    """
    Keep *asked* for later, or for whoever approves it; nothing runs yet.

    Args:
        asked: As for a run now.
        wish: When; None for as soon as it is approved.

    Raises:
        RunRefused: As ``submit``.
        ScheduleRefused: One of ``schedules.errors``.
        InputErrors: The inputs do not fit.
    """
    runnable_revision(asked.job, asked.user)
    _refuse_what_is_sensitive(asked.job.spec, wish)
    checked = check(asked)
    _refuse_what_cannot_be_kept(asked, checked, wish)
    now = timezone.now()
    wish = wish or immediately(f"{asked.job.name} - {now:%Y-%m-%d %H:%M:%S}"[:255], now)
    row = _row(asked, checked, wish, now)
    with transaction.atomic():
        row.save(force_insert=True)
        store_files(row, asked.files)
        record(SCHEDULED, user=asked.user, target=row, job=asked.job.class_path, interval=row.interval)
    return row


def _refuse_what_is_sensitive(spec: JobSpec, wish: Wish | None) -> None:
    if not spec.has_sensitive_variables:
        return
    raise SensitiveAndApproved if wish is None else SensitiveAndScheduled


def _refuse_what_cannot_be_kept(asked: RunRequest, checked: Checked, wish: Wish | None) -> None:
    if any(variable.secret and checked.inputs.get(variable.name) for variable in checked.spec.variables):
        raise InvalidSchedule({"interval": [SECRET_AND_LATER]})
    if wish is None:
        return
    if not checked.spec.scheduling_enabled:
        raise SchedulingDisabled
    if asked.files and wish.interval not in ONE_OFF:
        raise InvalidSchedule({"interval": [FILES_AND_AGAIN]})


def _row(asked: RunRequest, checked: Checked, wish: Wish, now: datetime) -> ScheduledJob:
    needs_approval = checked.spec.approval_required
    return ScheduledJob(
        name=wish.name,
        job_model=asked.job,
        user=asked.user,
        interval=wish.interval,
        start_time=wish.start_time,
        crontab=wish.crontab,
        time_zone=wish.time_zone,
        inputs=checked.inputs,
        commit=checked.commit,
        task_queue=checked.queue,
        request=_without_client(asked.request),
        approval_required=needs_approval,
        approval=PENDING if needs_approval else "",
        revision=checked.revision if needs_approval else None,
        fingerprint=asked.job.module.fingerprint if needs_approval else "",
        next_at=None if needs_approval else wish.rule.after(now),
    )


def _without_client(request: Mapping[str, Any]) -> dict[str, Any]:
    """Later runs know who asked for them, not from where."""
    server = request.get("META", {}).get("SERVER_NAME", "")
    return {**request, "META": {"SERVER_NAME": server}}
