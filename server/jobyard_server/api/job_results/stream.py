"""``job-results/{id}/stream/``: who may watch a run; the watching itself is in ``jobyard_server.live``."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.models import Token
from jobyard_server.access.sessions import name_of
from jobyard_server.api.views import ApiView
from jobyard_server.live.steps import Cursor
from jobyard_server.live.streams import GRANT, Grant
from jobyard_server.runs.models import JobResult

EVENTS = """Server-Sent Events while the run goes on, then `end`.

`log` has rows (with `rows=no` only the sequence of the last one), `progress` and `state` what they say,
`file` a file that can be downloaded. Each event's id is a cursor: sent back as `Last-Event-ID`, or as
`after`, it goes on from there. Comments come every 15 seconds; after ten minutes the stream ends and the
client connects anew."""


class EventStream(BaseRenderer):
    """So that a request that accepts events only is no error; refusals are JSON all the same."""

    media_type = "text/event-stream"
    format = "event-stream"

    def render(self, data: Any, _media_type: str | None = None, _context: Any = None) -> bytes:
        return json.dumps(data, default=str).encode()


class ResultStream(ApiView):
    model = JobResult
    queryset = JobResult.objects.all()
    renderer_classes = (JSONRenderer, EventStream)
    pagination_class = None

    @extend_schema(
        description=EVENTS,
        parameters=[
            OpenApiParameter("after", OpenApiTypes.STR),
            OpenApiParameter("rows", OpenApiTypes.STR, enum=["yes", "no"]),
        ],
        responses={(200, "text/event-stream"): OpenApiTypes.STR},
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Follow a run live."""
        result = get_object_or_404(self.get_queryset().only("pk"), pk=pk)
        seen = request.headers.get("Last-Event-ID") or request.query_params.get("after", "")
        by_token = isinstance(request.auth, Token)
        grant = Grant(
            user=str(self.user.pk),
            result=result.pk,
            cursor=Cursor.parse(seen),
            with_rows=request.query_params.get("rows") != "no",
            token=str(request.auth.pk) if by_token else "",
            login="" if by_token else name_of(request._request),  # noqa: SLF001  # Django's, with its session
        )
        return Response(headers={GRANT.decode(): grant.header()})
