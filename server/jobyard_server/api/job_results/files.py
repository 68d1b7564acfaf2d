"""``job-results/{id}/files/``: what a run left for people to download."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypedDict

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.links import Links
from jobyard_server.api.schema import shape
from jobyard_server.api.views import ApiView
from jobyard_server.downloads import download
from jobyard_server.runs.models import JobResult, OutputFile
from jobyard_server.runs.output_files import content_of, files_of


class FileShape(TypedDict):
    """An output file."""

    id: uuid.UUID
    url: str
    name: str
    size: int
    created: datetime


class FilesOfResult(ApiView):
    model = JobResult
    queryset = JobResult.objects.all()
    pagination_class = None

    @extend_schema(operation_id="extras_job_results_files_list", responses={200: shape(list[FileShape])})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:
        """List the files that a run created."""
        result = get_object_or_404(self.get_queryset().only("pk"), pk=pk)
        links = self.links
        return Response([describe_file(file, links) for file in files_of(result)])


class FileOfResult(ApiView):
    model = JobResult
    queryset = JobResult.objects.all()

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, _request: Request, pk: uuid.UUID, file_pk: uuid.UUID) -> HttpResponseBase:
        """Download a file; for whoever may see its result."""
        result = get_object_or_404(self.get_queryset().only("pk"), pk=pk)
        file = get_object_or_404(files_of(result), pk=file_pk)
        answer = download(content_of(file), file.name)
        answer["Content-Length"] = str(file.size)
        return answer


def describe_file(file: OutputFile, links: Links) -> FileShape:
    return {
        "id": file.pk,
        "url": f"{links.job_result(file.job_result_id)}files/{file.pk}/",
        "name": file.name,
        "size": file.size,
        "created": file.created,
    }
