"""``jobs/<id>/source/``: the code of a job at any published revision."""

from __future__ import annotations

import uuid

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.git_repositories.describe import describe_revision
from jobyard_server.api.git_repositories.shapes import SourceCodeShape
from jobyard_server.api.schema import shape
from jobyard_server.api.views import ApiView
from jobyard_server.registry.decisions import find_revision
from jobyard_server.registry.job_code import job_code
from jobyard_server.registry.models import Job


class JobSource(ApiView):
    model = Job
    queryset = Job.objects.select_related("module__source__git_repository", "module__revision")

    @extend_schema(parameters=[OpenApiParameter("revision", str)], responses={200: shape(SourceCodeShape)})
    def get(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show the file of a job: the one in service, or that of the published ``revision``."""
        job: Job = self.get_object()
        text = request.query_params.get("revision", "")
        code = job_code(job, find_revision(job.module.source, text) if text else None)
        if code is None:
            raise Http404
        answer: SourceCodeShape = {
            "revision": describe_revision(code.revision),
            "path": code.path,
            "line": code.line,
            "url": code.url or None,
            "text": code.text,
        }
        return Response(answer)
