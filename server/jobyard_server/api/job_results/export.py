"""``job-results/{id}/logs.{txt,csv,ndjson}``: a whole log as a file, however long it is."""

from __future__ import annotations

import uuid

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from jobyard.events import LEVELS
from jobyard_server.api.views import ApiView
from jobyard_server.downloads import download
from jobyard_server.runs.log_export import FORMATS
from jobyard_server.runs.log_filter import LogFilter, rows_of
from jobyard_server.runs.models import JobResult


class LogExport(ApiView):
    model = JobResult
    queryset = JobResult.objects.all()
    pagination_class = None

    @extend_schema(
        parameters=[
            OpenApiParameter("kind", OpenApiTypes.STR, "path", enum=list(FORMATS)),
            OpenApiParameter("group", OpenApiTypes.STR),
            OpenApiParameter("level", OpenApiTypes.STR, enum=LEVELS),
            OpenApiParameter("q", OpenApiTypes.STR),
        ],
        responses={
            (200, media_type.partition(";")[0]): OpenApiTypes.STR for _, media_type in FORMATS.values()
        },
    )
    def get(self, request: Request, pk: uuid.UUID, kind: str) -> HttpResponseBase:
        """Download log rows, oldest first, in constant memory."""
        if kind not in FORMATS:
            raise Http404
        result = get_object_or_404(self.get_queryset().only("pk"), pk=pk)
        make, content_type = FORMATS[kind]
        rows = rows_of(result, LogFilter.from_query(request.query_params))
        return download(make(rows), f"log-{result.pk}.{kind}", content_type=content_type)
