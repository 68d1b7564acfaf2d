"""Jobs by class path: ``/api/extras/jobs/local/example/MyJob/`` and ``…/run/``."""

from __future__ import annotations

from typing import ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.permissions import may
from jobyard_server.api.job_results.endpoints import asked_layout
from jobyard_server.api.jobs.describe import describe_job_detail, describe_job_for_later
from jobyard_server.api.jobs.results import newest_result
from jobyard_server.api.jobs.run import RUN_BODY, run_job
from jobyard_server.api.jobs.shapes import JobDetailShape, JobForLaterShape
from jobyard_server.api.jobs.views import JobView
from jobyard_server.api.parsers import JsonParser
from jobyard_server.api.schema import shape
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import Job
from jobyard_server.schedules.models import ScheduledJob

# It speaks of Celery because clients compare it; nothing here depends on Celery.
NO_WORKER = "Unable to process request: Celery worker process not running."


class ClassPathView(JobView):
    """What the two endpoints share. *parts* are the segments of the address, in order."""

    def job_at(self, action: str, parts: dict[str, str]) -> Job:
        """The job at this class path or alias, if the caller may do *action* with it; 404 otherwise."""
        job = find_job("/".join(parts.values()))
        if not may(self.user, action, job):
            raise Http404
        return job


class JobByClassPath(ClassPathView):
    @extend_schema(operation_id="extras_jobs_by_class_path_retrieve", responses={200: shape(JobDetailShape)})
    def get(self, _request: Request, **parts: str) -> Response:
        """Show a job and its newest result that has ended."""
        job = self.job_at("view", parts)
        result = self.describe_result(job, newest_result(job, self.user))
        return Response(describe_job_detail(job, result, self.links))


class JobByAlias(JobByClassPath):
    """``git/<slug>/<module>/<Class>/``, which could be taken for the run of a ``git/<module>/<Class>``."""

    actions: ClassVar = {"POST": "run"}

    @extend_schema(exclude=True)
    def post(self, _request: Request, **_parts: str) -> Response:
        """Nothing is ever run that was not named."""
        raise Http404


class RunByClassPath(ClassPathView):
    actions: ClassVar = {"POST": "run"}
    parser_classes = (JsonParser, MultiPartParser)

    @extend_schema(
        operation_id="extras_jobs_by_class_path_run_create",
        request=RUN_BODY,
        responses={200: shape(JobDetailShape | JobForLaterShape)},
    )
    def post(self, request: Request, **parts: str) -> Response:
        """Run a job; the answer shows it with its new result."""
        job = self.job_at("run", parts)
        asked_layout(request)  # a wrong one is refused before anything happens
        accepted = run_job(request, job, no_worker=NO_WORKER)
        if isinstance(accepted, ScheduledJob):
            return Response(describe_job_for_later(job, self.describer.short_schedule(accepted), self.links))
        described = self.describe_result(job, accepted)
        return Response(describe_job_detail(job, described, self.links))
