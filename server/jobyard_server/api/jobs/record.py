"""Jobs by id: ``/api/extras/jobs/{uuid}/``, ``…/run/`` and ``…/variables/``."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard.input_schema import input_schema
from jobyard_server.access.audit import DELETED, record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may
from jobyard_server.api.errors import Refusal
from jobyard_server.api.jobs.change import JobChange, change_job
from jobyard_server.api.jobs.describe import describe_record, describe_variables
from jobyard_server.api.jobs.run import RUN_BODY, run_job
from jobyard_server.api.jobs.shapes import AcceptedRun, JobRecordShape, VariableShape
from jobyard_server.api.jobs.views import JobView
from jobyard_server.api.parsers import JsonParser
from jobyard_server.api.schema import shape
from jobyard_server.registry.lookup import jobs_to_run
from jobyard_server.registry.models import Job
from jobyard_server.schedules.models import ScheduledJob

# It speaks of Celery because clients compare it; nothing here depends on Celery.
NO_WORKER = "Unable to process request: No celery workers running on queue {queue}."
STILL_INSTALLED = "This job is installed; remove it from its source first, or disable it."
LIST, JSON_SCHEMA = LAYOUTS = ("list", "json-schema")  #: Of the inputs of a job.


class JobRecord(JobView):
    @extend_schema(responses={200: shape(JobRecordShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show the record of a job."""
        return Response(describe_record(self.get_object(), self.links))

    @extend_schema(request=JobChange, responses={200: shape(JobRecordShape)})
    def patch(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Enable or disable a job, override what its code says about it, tag it."""
        job: Job = self.get_object()
        change_job(job, request.data, self.user)
        return Response(describe_record(self.get_object(), self.links))

    @extend_schema(request=JobChange, responses={200: shape(JobRecordShape)})
    def put(self, request: Request, pk: uuid.UUID) -> Response:
        """The same; a field that is left out keeps its value."""
        return self.patch(request, pk)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Forget a job that its source no longer has."""
        forget([self.get_object()], self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def forget(jobs: list[Job], user: User) -> None:
    """
    Delete the records of *jobs*, all or none.

    Raises:
        Refusal: One of them is installed.
    """
    if any(job.installed for job in jobs):
        raise Refusal(status.HTTP_409_CONFLICT, STILL_INSTALLED)
    with transaction.atomic():
        for job in jobs:
            record(DELETED, user=user, target=job)
            job.delete()


class JobVariables(JobView):
    pagination_class = None

    @extend_schema(
        parameters=[OpenApiParameter("layout", enum=LAYOUTS, description="The inputs as JSON Schema.")],
        responses={200: shape(list[VariableShape])},
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """List the inputs of a job, in declaration order."""
        job: Job = self.get_object()
        layout = request.query_params.get("layout", LIST)
        if layout not in LAYOUTS:
            raise ValidationError({"layout": [f"Use one of {', '.join(LAYOUTS)}."]})
        return Response(describe_variables(job.spec) if layout == LIST else input_schema(job.spec))


class RunByRecord(JobView):
    queryset = jobs_to_run()
    actions: ClassVar = {"POST": "run"}
    parser_classes = (JsonParser, MultiPartParser)

    @extend_schema(request=RUN_BODY, responses={201: shape(AcceptedRun)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Run a job; the answer names its new result."""
        job: Job = self.get_object()
        if not may(self.user, "run", job):
            raise Http404
        accepted = run_job(request, job, no_worker=NO_WORKER)
        if isinstance(accepted, ScheduledJob):
            answer: AcceptedRun = {"schedule": self.describer.short_schedule(accepted), "job_result": None}
        else:
            answer = {"schedule": None, "job_result": self.describer.short(accepted)}
        return Response(answer, status=status.HTTP_201_CREATED)
