"""
The rows that the endpoints of results start from.

Each names the columns that its answers show: most of the time of a list goes into columns that nobody
reads. A column forgotten here is not an error but a query per row, which a test counts.
"""

from __future__ import annotations

from django.db.models import QuerySet

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.runs.models import JobLogEntry, JobResult

_SHORT = ("name", "created", "completed", "status", "job_model_id", "user__username")
_FULL = (
    *_SHORT,
    "obj_type_id",
    "job_model__name",
    "status_reason",
    "cancel_requested",
    "cancel_requested_by",
    "started",
    "commit",
    "data_committed",
    "task_queue",
    "inputs",
    "has_sensitive_variables",
    "origin",
    "output",
    "author_data",
    "counters",
    "sandbox",
    "attempt",
    "max_retries",
    "retry_of_id",
    "run_limit",
    "locks",
    "worker",
    "schedule__name",
    "schedule__start_time",
    "schedule__interval",
    "schedule__crontab",
)


def described_results() -> QuerySet[JobResult]:
    """Results with all that their full description needs, in one query."""
    return JobResult.objects.select_related("user", "job_model", "schedule").only(*_FULL)


def short_results() -> QuerySet[JobResult]:
    """Results with all that their short description needs, in one query."""
    return JobResult.objects.select_related("user").only(*_SHORT)


def visible_logs(user: User) -> QuerySet[JobLogEntry]:
    """A log row is visible exactly to those who may see its result."""
    return restrict(JobLogEntry.objects.all(), user, "view")
