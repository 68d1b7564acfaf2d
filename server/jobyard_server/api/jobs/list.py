"""``GET /api/extras/jobs/``: a bare list, or pages of records for clients of 1.3 and later."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.bulk import each_or_none, ids_in, rows_in
from jobyard_server.api.jobs.change import JobChange, change_job
from jobyard_server.api.jobs.describe import describe_job, describe_record
from jobyard_server.api.jobs.filters import JobFilters
from jobyard_server.api.jobs.record import forget
from jobyard_server.api.jobs.results import newest_results
from jobyard_server.api.jobs.shapes import JobRecordShape, JobShape
from jobyard_server.api.jobs.views import JobView
from jobyard_server.api.schema import ID_LIST, page_of, shape
from jobyard_server.api.versions import lists_job_records
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult

SHOWN = ("module_name", "job_class_name", "name", "description", "installed", "enabled", "spec_json")


class JobList(JobView):
    filterset_class = JobFilters
    ordering_fields = ("name", "grouping", "module_name", "job_class_name", "created", "last_updated")

    @extend_schema(
        responses={
            200: shape(list[JobShape]),
            (200, "application/json; version=1.3"): page_of(JobRecordShape),
        }
    )
    def get(self, request: Request) -> Response:
        """List installed jobs as a bare list; from version 1.3 on all jobs, as pages of records."""
        jobs = self.filter_queryset(self.get_queryset())
        if lists_job_records(request.version):
            page = cast(list[Job], self.paginate_queryset(jobs))
            links = self.links
            return self.get_paginated_response([describe_record(job, links) for job in page])
        return Response(self._bare(jobs.filter(installed=True)))

    @extend_schema(request=JobChange(many=True), responses={200: shape(list[JobRecordShape])})
    def patch(self, request: Request) -> Response:
        """Change several jobs, all or none."""
        bodies = rows_in(request.data)
        chosen = self.chosen(bodies)
        each_or_none([partial(change_job, job, bodies[job.pk], self.user) for job in chosen])
        return Response([describe_record(job, self.links) for job in self.chosen(bodies)])

    @extend_schema(request=JobChange(many=True), responses={200: shape(list[JobRecordShape])})
    def put(self, request: Request) -> Response:
        """Change several jobs, all or none."""
        return self.patch(request)

    @extend_schema(request=ID_LIST, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Forget several jobs that their sources no longer have, all or none."""
        forget(self.chosen(ids_in(request.data)), self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _bare(self, jobs: QuerySet[Job]) -> list[JobShape]:
        """Only with the columns that are shown: whole rows of four tables would take ten times as long."""
        rows = list(
            jobs.select_related(None)
            .prefetch_related(None)
            .only(*SHOWN)
            .annotate(source_key=F("module__source__key"))
        )
        newest = newest_results(rows, self.user)
        return [self._describe(job, newest.get(job.pk)) for job in rows]

    def _describe(self, job: Any, newest: JobResult | None) -> JobShape:
        class_path = f"{job.source_key}/{job.module_name}/{job.job_class_name}"
        result = None if newest is None else self.describer.short(newest)
        return describe_job(job, class_path, result, self.links)
