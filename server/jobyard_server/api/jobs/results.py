"""The newest result of each job that has ended."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.api.job_results.rows import described_results, short_results
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult


def newest_results(jobs: Iterable[Job], user: User) -> dict[uuid.UUID, JobResult]:
    """
    By job, as far as *user* may see results; for the short form.

    One query whatever the number of jobs and results: an index leads to the newest of each.
    """
    wanted = Job.objects.filter(pk__in=[job.pk for job in jobs])
    newest = wanted.values(found=Subquery(_newest_ended(OuterRef("pk"))))
    results = restrict(short_results(), user, "view").filter(pk__in=newest)
    return {result.job_model_id: result for result in results if result.job_model_id}


def newest_result(job: Job, user: User) -> JobResult | None:
    """The same for one job."""
    visible = restrict(described_results(), user, "view")
    return visible.filter(job_model=job, status__in=statuses.TERMINAL).order_by("-completed").first()


def _newest_ended(job: Any) -> QuerySet[JobResult, Any]:  # Django has no public type for OuterRef in filters
    ended = JobResult.objects.filter(job_model=job, status__in=statuses.TERMINAL)
    return ended.order_by("-completed").values("pk")[:1]
