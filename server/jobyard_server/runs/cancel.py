"""Asking a run to stop."""

from __future__ import annotations

from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from jobyard import statuses
from jobyard_server.access.audit import CANCELLED, record
from jobyard_server.runs.changes_of_runs import announce_change
from jobyard_server.runs.errors import AlreadyEnded
from jobyard_server.runs.input_files import delete_files
from jobyard_server.runs.models import JobResult

CHANNEL = "jobyard_cancel"  #: NOTIFY channel; the payload is the run's id.


def request_cancel(result: JobResult, user: Any) -> JobResult:
    """
    Cancel a run that waits, or ask the worker of one that runs; returns the run as it is then.

    Raises:
        AlreadyEnded: There is nothing to cancel.
    """
    with transaction.atomic():
        if not _cancel_waiting(result, user) and not _ask_worker(result, user):
            raise AlreadyEnded
        record(CANCELLED, user=user, target=result)
    return JobResult.objects.get(pk=result.pk)


def _cancel_waiting(result: JobResult, user: Any) -> bool:
    waiting = JobResult.objects.filter(pk=result.pk, status=statuses.PENDING, worker=None)
    cancelled = waiting.update(
        status=statuses.CANCELLED,
        status_reason=statuses.CANCELLED_BY_USER,
        cancel_requested=True,
        cancel_requested_by=user.get_username(),
        completed=Now(),
        data_committed=False,
        inputs={},
    )
    if cancelled:
        delete_files(result)
        announce_change(result.pk)
    return bool(cancelled)


def _ask_worker(result: JobResult, user: Any) -> bool:
    active = JobResult.objects.filter(pk=result.pk, status__in=statuses.ACTIVE)
    asked = active.update(cancel_requested=True, cancel_requested_by=user.get_username())
    if asked:
        announce_change(result.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(result.pk)])
    return bool(asked)
