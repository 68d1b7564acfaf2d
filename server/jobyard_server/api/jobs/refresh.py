"""``jobs/<id>/refresh/``: what the code of a job computes while it is imported, computed anew."""

from __future__ import annotations

import uuid
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.errors import Refusal
from jobyard_server.api.git_repositories.endpoints import NO_DAEMON
from jobyard_server.api.git_repositories.shapes import SyncAnswer
from jobyard_server.api.jobs.views import JobView
from jobyard_server.api.schema import shape
from jobyard_server.registry.models import Job
from jobyard_server.registry.refresh import ask_refresh, may_refresh
from jobyard_server.runs.components import component_states

NOT_ALLOWED = "This user does not have permission to have the source of this job read again."


class JobRefresh(JobView):
    actions: ClassVar = {"POST": "view"}

    @extend_schema(request=None, responses={202: shape(SyncAnswer)})
    def post(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Read the source of a job again, so that choices that its code computes are those of now."""
        job: Job = self.get_object()
        source = job.module.source
        if not may_refresh(self.user, source):
            raise PermissionDenied(NOT_ALLOWED)
        if component_states()["sync"] != "ok":
            raise Refusal(status.HTTP_503_SERVICE_UNAVAILABLE, NO_DAEMON)
        result = ask_refresh(source, self.user)
        answer: SyncAnswer = {
            "message": f"{source.title} is being read again.",
            "job_result": None if result is None else self.describer.short(result),
        }
        return Response(answer, status=status.HTTP_202_ACCEPTED)
