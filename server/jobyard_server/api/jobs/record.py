"""Jobs by id: ``/api/extras/jobs/{uuid}/``, ``…/run/`` and ``…/variables/``."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.permissions import may
from jobyard_server.api.errors import Refusal
from jobyard_server.api.jobs.describe import describe_record, describe_variables
from jobyard_server.api.jobs.run import RUN_BODY, run_job
from jobyard_server.api.jobs.shapes import AcceptedRun, JobRecordShape, VariableShape
from jobyard_server.api.jobs.views import JobView
from jobyard_server.api.parsers import JsonParser
from jobyard_server.api.schema import shape
from jobyard_server.registry.models import Job

# It speaks of Celery because clients compare it; nothing here depends on Celery.
NO_WORKER = "Unable to process request: No celery workers running on queue {queue}."
STILL_INSTALLED = "This job is installed; remove it from its source first, or disable it."
NOT_YET = "This value comes from the job's own code and cannot be overridden on this server yet."
OVERRIDES = (
    "grouping",
    "name",
    "description",
    "approval_required",
    "commit_default",
    "hidden",
    "read_only",
    "soft_time_limit",
    "time_limit",
    "has_sensitive_variables",
    "task_queues",
)


class JobChange(serializers.Serializer[Job]):
    """What may be changed of a job; everything else about it comes from its source."""

    enabled = serializers.BooleanField(required=False)


class JobRecord(JobView):
    @extend_schema(responses={200: shape(JobRecordShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show the record of a job."""
        return Response(describe_record(self.get_object(), self.links))

    @extend_schema(request=JobChange, responses={200: shape(JobRecordShape)})
    def patch(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Enable or disable a job."""
        job: Job = self.get_object()
        change = JobChange(data=request.data)
        change.is_valid(raise_exception=True)
        self._refuse_overrides(job, request.data)
        if "enabled" in change.validated_data:
            job.enabled = change.validated_data["enabled"]
            job.save(update_fields=["enabled", "last_updated"])
        return Response(describe_record(job, self.links))

    @extend_schema(request=JobChange, responses={200: shape(JobRecordShape)})
    def put(self, request: Request, pk: uuid.UUID) -> Response:
        """Enable or disable a job."""
        return self.patch(request, pk)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Forget a job that its source no longer has."""
        job: Job = self.get_object()
        if job.installed:
            raise Refusal(status.HTTP_409_CONFLICT, STILL_INSTALLED)
        job.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _refuse_overrides(self, job: Job, sent: dict[str, Any]) -> None:
        """A client may send back what it got; a value that would have no effect is not accepted silently."""
        known: Any = describe_record(job, self.links)
        names = [*OVERRIDES, *(f"{name}_override" for name in OVERRIDES)]
        refused = [name for name in names if name in sent and sent[name] != known[name]]
        if refused:
            raise ValidationError({name: [NOT_YET] for name in refused})


class JobVariables(JobView):
    pagination_class = None

    @extend_schema(responses={200: shape(list[VariableShape])})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """List the inputs of a job, in declaration order."""
        job: Job = self.get_object()
        return Response(describe_variables(job.spec))


class RunByRecord(JobView):
    queryset = Job.objects.select_related("module__source", "module__revision")  # no more than a run needs
    actions: ClassVar = {"POST": "run"}
    parser_classes = (JsonParser, MultiPartParser)

    @extend_schema(request=RUN_BODY, responses={201: shape(AcceptedRun)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Run a job; the answer names its new result."""
        job: Job = self.get_object()
        if not may(self.user, "run", job):
            raise Http404
        result = run_job(request, job, no_worker=NO_WORKER)
        accepted: AcceptedRun = {"schedule": None, "job_result": self.describer.short(result)}
        return Response(accepted, status=status.HTTP_201_CREATED)
