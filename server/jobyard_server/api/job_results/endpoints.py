"""``/api/extras/job-results/``: runs and syncs, newest first."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.db import transaction
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard import statuses
from jobyard_server.access.audit import DELETED, record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may
from jobyard_server.api.bulk import ids_in
from jobyard_server.api.errors import Refusal
from jobyard_server.api.job_results.describe import ResultDescriber, secret_variables
from jobyard_server.api.job_results.filters import ResultFilters
from jobyard_server.api.job_results.rows import described_results
from jobyard_server.api.job_results.shapes import FullResult
from jobyard_server.api.job_results.waiting import WAIT, asked_wait, wait_for_end
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.versions import default_layout
from jobyard_server.api.views import ApiView
from jobyard_server.runs.cancel import request_cancel
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.result_data import LAYOUTS

NOT_ENDED = "This job result has not ended yet; cancel it first, or wait for its end."
LAYOUT = OpenApiParameter("data_layout", OpenApiTypes.STR, enum=LAYOUTS)


class ResultView(ApiView):
    """What the endpoints of results share."""

    model: type[Model] | None = JobResult
    queryset = described_results()

    def describe(self, results: list[JobResult], *, rows: bool) -> list[FullResult]:
        describer = ResultDescriber(self.links, self.request.version)
        layout = asked_layout(self.request)
        secrets = secret_variables(results)
        return [
            describer.full(result, layout=layout, rows=rows, secrets=_secrets_of(result, secrets))
            for result in results
        ]


class ResultList(ResultView):
    filterset_class = ResultFilters
    ordering_fields = ("name", "created", "started", "completed", "status")

    @extend_schema(responses={200: page_of(FullResult)}, parameters=[LAYOUT])
    def get(self, _request: Request) -> Response:
        """List results; their log rows are left out."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.describe(cast(list[JobResult], page), rows=False))

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Delete the results in the body, ``[{"id": …}, …]``: all of them or, if one has not ended, none."""
        wanted = ids_in(request.data)
        chosen = self.get_queryset().filter(pk__in=wanted)
        if chosen.count() != len(wanted):
            raise ValidationError({"id": ["There is no such job result among those that you may delete."]})
        return delete_ended(chosen, self.user)


class ResultDetail(ResultView):
    @extend_schema(responses={200: shape(FullResult)}, parameters=[LAYOUT, WAIT])
    def get(self, _request: Request, pk: uuid.UUID) -> Response:
        """Show one result, with its log rows up to DATA_LOG_LIMIT; with ``?wait=`` when it has ended."""
        result = wait_for_end(pk, self.get_object, asked_wait(self.request))
        return Response(self.describe([result], rows=True)[0])

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:
        """Delete a result that has ended, with its log rows."""
        self.get_object()
        return delete_ended(self.get_queryset().filter(pk=pk), self.user)


class ResultCancel(ResultView):
    model = None
    decides_itself = True  # its requester may, whatever else they may do

    @extend_schema(request=None, responses={200: shape(FullResult)})
    def post(self, _request: Request, pk: uuid.UUID) -> Response:
        """Ask a run to stop; for its requester and for holders of ``change_jobresult``."""
        asked_layout(self.request)  # a wrong one is refused before anything happens
        result = get_object_or_404(described_results(), pk=pk)
        if result.user_id != self.user.pk and not may(self.user, "change", result):
            raise PermissionDenied if may(self.user, "view", result) else NotFound
        request_cancel(result, self.user)
        return Response(self.describe([described_results().get(pk=pk)], rows=True)[0])


def asked_layout(request: Request) -> str:
    """The layout of result data: as asked, or what the caller's version of the API had."""
    layout = request.query_params.get("data_layout")
    if layout is None:
        return default_layout(request.version)
    if layout not in LAYOUTS:
        raise ValidationError({"data_layout": [f"Use one of {', '.join(LAYOUTS)}."]})
    return layout


def delete_ended(chosen: QuerySet[Any], by: User) -> Response:
    """Delete *chosen*, unless one of them has not ended."""
    if chosen.exclude(status__in=statuses.TERMINAL).exists():
        raise Refusal(status.HTTP_409_CONFLICT, NOT_ENDED)
    with transaction.atomic():
        for result in list(chosen.order_by().select_related(None).only("name")):
            record(DELETED, user=by, target=result)
        JobResult.objects.filter(pk__in=chosen.values("pk"), status__in=statuses.TERMINAL).delete()
    return Response(status=status.HTTP_204_NO_CONTENT)


def _secrets_of(result: JobResult, secrets: dict[uuid.UUID, frozenset[str]]) -> frozenset[str] | None:
    return secrets.get(result.job_model_id) if result.job_model_id else None
