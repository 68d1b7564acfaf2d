"""Log rows: those of one result in order, and all that the caller may see."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import cast

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard.events import LEVELS
from jobyard_server.api.filters import refuse_unknown
from jobyard_server.api.job_results.filters import LogFilters, LogOfResultFilters, is_uuid
from jobyard_server.api.job_results.rows import visible_logs
from jobyard_server.api.job_results.shapes import LogOfResultShape, LogShape
from jobyard_server.api.links import Links
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.downloads import streamed
from jobyard_server.runs.log_export import batches
from jobyard_server.runs.models import JobLogEntry, JobResult

MOST_AT_ONCE = 10_000  #: Rows; a longer answer is sent while it is made.


class LogsOfResult(ApiView):
    """``job-results/{id}/logs/``."""

    model = JobResult
    queryset = JobResult.objects.all()
    pagination_class = None

    @extend_schema(
        responses={200: shape(list[LogShape])},
        parameters=[
            OpenApiParameter("after", OpenApiTypes.UUID),
            OpenApiParameter("limit", OpenApiTypes.INT),
            OpenApiParameter("log_level", OpenApiTypes.STR, enum=LEVELS, many=True),
            OpenApiParameter("grouping", OpenApiTypes.STR, many=True),
            OpenApiParameter("q", OpenApiTypes.STR),
        ],
    )
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponseBase:
        """
        List the log rows of a result, oldest first, all of them or those that are asked for.

        A long log is read piece by piece: ``?limit=`` says how many rows, 10,000 at most, and
        ``?after={log id}`` which row is the last one that is known already.
        """
        result = get_object_or_404(self.get_queryset().only("pk", "counters"), pk=pk)
        rows = _narrowed(result, request)
        limit = _limit(request.query_params.get("limit"))
        if limit is None and result.row_count > MOST_AT_ONCE:
            return StreamingHttpResponse(
                streamed(_as_list(rows, self.links)), content_type="application/json"
            )
        links = self.links
        return Response([describe_log(row, links) for row in rows[:limit].iterator()])


class LogView(ApiView):
    """What the endpoints over all log rows share."""

    model = JobResult  # the permission that counts is the one on results
    queryset = JobLogEntry.objects.all()

    def get_queryset(self) -> QuerySet[JobLogEntry]:
        return visible_logs(self.user)


class LogList(LogView):
    """``job-logs/``."""

    filterset_class = LogFilters
    ordering_fields = ("created", "log_level", "grouping")

    @extend_schema(responses={200: page_of(LogOfResultShape)})
    def get(self, _request: Request) -> Response:
        """List log rows of all results."""
        page = cast(list[JobLogEntry], self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        links = self.links
        return self.get_paginated_response([describe_log_of_result(row, links) for row in page])


class LogDetail(LogView):
    """``job-logs/{id}/``."""

    @extend_schema(responses={200: shape(LogOfResultShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show one log row."""
        return Response(describe_log_of_result(self.get_object(), self.links))


def describe_log(row: JobLogEntry, links: Links) -> LogShape:
    return {
        "id": str(row.pk),
        "url": links.job_log(row.pk),
        "absolute_url": row.absolute_url or None,
        "created": row.created.isoformat(),
        "grouping": row.grouping,
        "log_level": row.log_level,
        "log_object": row.log_object,
        "message": row.message,
        "display": str(row),
    }


def describe_log_of_result(row: JobLogEntry, links: Links) -> LogOfResultShape:
    return {**describe_log(row, links), "job_result": str(row.job_result_id)}


def _as_list(rows: QuerySet[JobLogEntry], links: Links) -> Iterator[bytes]:
    """A JSON list, a batch of rows at a time."""
    separator = "["
    for found in batches(rows):
        yield (separator + ",".join(json.dumps(describe_log(row, links)) for row in found)).encode()
        separator = ","
    yield b"]" if separator == "," else b"[]"


def _narrowed(result: JobResult, request: Request) -> QuerySet[JobLogEntry]:
    """The rows that the filters leave, oldest first; a filter that there is not is refused."""
    asked = request.query_params
    refuse_unknown(asked, LogOfResultFilters, "after")
    if "offset" in asked:
        raise ValidationError({"offset": ["Read on with ?after={log id} instead."]})
    filters = LogOfResultFilters(asked, queryset=result.logs.order_by("sequence"), request=request)
    if not filters.is_valid():
        raise ValidationError(filters.errors)
    rows: QuerySet[JobLogEntry] = filters.qs
    after = asked.get("after")
    return rows if after is None else rows.filter(sequence__gt=_sequence_of(result, after))


def _limit(text: str | None) -> int | None:
    """At most MOST_AT_ONCE; None for all, which 0 means as well."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ValidationError({"limit": ["A whole number is needed."]})
    return min(int(text[:9]), MOST_AT_ONCE) or None


def _sequence_of(result: JobResult, log_id: str) -> int:
    row = result.logs.filter(pk=log_id).only("sequence").first() if is_uuid(log_id) else None
    if row is None:
        raise ValidationError({"after": ["This result has no such log row."]})
    return row.sequence
