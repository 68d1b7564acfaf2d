"""``/api/users/audit-events/``: the audit log, to read."""

from __future__ import annotations

from typing import Final, cast

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.models import AuditEvent
from jobyard_server.api.accounts.describe import describe_event
from jobyard_server.api.accounts.filters import AuditFilters
from jobyard_server.api.accounts.shapes import AuditShape
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.downloads import download

NDJSON: Final = "application/x-ndjson"


class AuditList(ApiView):
    model = AuditEvent
    queryset = AuditEvent.objects.all()
    filterset_class = AuditFilters
    ordering_fields = ("created", "action", "username")

    @extend_schema(responses={200: page_of(AuditShape)})
    def get(self, _request: Request) -> Response:
        """List events, the newest first."""
        page = cast(list[AuditEvent], self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        return self.get_paginated_response([describe_event(event, self.links) for event in page])


class AuditExport(AuditList):
    pagination_class = None

    @extend_schema(responses={(200, NDJSON): OpenApiTypes.STR})
    def get(self, _request: Request) -> HttpResponseBase:  # type: ignore[override]  # a file, not a page
        """Download events, the newest first, each as one line of JSON; with the filters of the list."""
        rows = self.filter_queryset(self.get_queryset())
        links, render = self.links, JSONRenderer().render
        lines = (render(describe_event(row, links)) + b"\n" for row in rows.iterator(chunk_size=1000))
        return download(lines, "audit-events.ndjson", content_type=NDJSON)


class AuditDetail(ApiView):
    model = AuditEvent
    queryset = AuditEvent.objects.all()

    @extend_schema(responses={200: shape(AuditShape)})
    def get(self, _request: Request, pk: int) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show an event."""
        return Response(describe_event(self.get_object(), self.links))
