"""From the row of a scheduled job to what the API answers."""

from __future__ import annotations

from django.db.models import QuerySet

from jobyard_server.api.job_results.describe import ResultDescriber
from jobyard_server.api.scheduled_jobs.shapes import ScheduledJobShape
from jobyard_server.schedules.models import APPROVED, ScheduledJob

TASK = "jobyard.run"


def described_schedules() -> QuerySet[ScheduledJob]:
    """Schedules with all that their description needs, in one query."""
    return ScheduledJob.objects.select_related("user", "decided_by", "job_model__module__source")


def describe_schedule(row: ScheduledJob, of: ResultDescriber) -> ScheduledJobShape:
    is_approved = row.approval == APPROVED
    return {
        "id": row.pk,
        "url": of.links.scheduled_job(row.pk),
        "display": row.name,
        "name": row.name,
        "user": of.user(row.user),
        "job_model": of.job_model(row.job_model),
        "task": TASK,
        "interval": row.interval,
        "queue": row.task_queue,
        "job_class": row.job_model.class_path,
        "last_run_at": row.last_run_at,
        "total_run_count": row.total_run_count,
        "date_changed": row.date_changed,
        "description": row.description,
        "approved_by_user": of.user(row.decided_by) if is_approved else None,
        "approval_required": row.approval_required,
        "approved_at": row.decided_at if is_approved else None,
        "crontab": row.crontab,
        "start_time": row.start_time,
        "time_zone": row.time_zone,
        "enabled": row.enabled,
        "disabled_reason": row.disabled_reason,
        "state": row.state,
        "next_run_at": row.next_at,
    }
