"""``/api/extras/scheduled-jobs/``: what runs later, and who approves it."""

from __future__ import annotations

import uuid
from typing import ClassVar, cast

from django.db.models import Model
from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.permissions import may
from jobyard_server.api.errors import Refusal
from jobyard_server.api.job_results.describe import ResultDescriber
from jobyard_server.api.job_results.endpoints import asked_layout
from jobyard_server.api.job_results.shapes import FullResult
from jobyard_server.api.jobs.record import NO_WORKER
from jobyard_server.api.scheduled_jobs.describe import describe_schedule, described_schedules
from jobyard_server.api.scheduled_jobs.filters import ScheduleFilters
from jobyard_server.api.scheduled_jobs.shapes import ScheduledJobShape
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import NotAllowedToRun, NoWorker, RunRefused
from jobyard_server.schedules.approval import approve, deny, try_out
from jobyard_server.schedules.changes import change_schedule, delete_schedule
from jobyard_server.schedules.errors import (
    AlreadyDecided,
    NotApprover,
    NotDenier,
    OwnRequest,
    ScheduleRefused,
    StartIsPast,
)
from jobyard_server.schedules.models import ScheduledJob

NO_RUN = "You do not have permission to run this job."
NO_DRY_RUN = "This job cannot be dry-run at this time."
FORCE = OpenApiParameter("force", OpenApiTypes.BOOL, description="Also when its start time is over.")
_TRUE = ("true", "1", "on", "yes")


class ScheduleChange(serializers.Serializer[ScheduledJob]):
    """What may be changed of a scheduled job; to change its inputs or times, schedule it anew."""

    enabled = serializers.BooleanField(required=False)
    description = serializers.CharField(required=False, allow_blank=True, max_length=10_000)


class ScheduleView(ApiView):
    """What the endpoints of scheduled jobs share."""

    model: type[Model] | None = ScheduledJob
    queryset = described_schedules()

    def describe(self, row: ScheduledJob) -> ScheduledJobShape:
        return describe_schedule(row, ResultDescriber(self.links, self.request.version))

    def answer(self, pk: uuid.UUID) -> Response:
        """The schedule as it is now."""
        return Response(self.describe(described_schedules().get(pk=pk)))


class ScheduleList(ScheduleView):
    filterset_class = ScheduleFilters

    @extend_schema(responses={200: page_of(ScheduledJobShape)})
    def get(self, _request: Request) -> Response:
        """List scheduled jobs and requests for approval, newest first."""
        page = cast(list[ScheduledJob], self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        return self.get_paginated_response([self.describe(row) for row in page])


class ScheduleDetail(ScheduleView):
    @extend_schema(responses={200: shape(ScheduledJobShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show a scheduled job."""
        return Response(self.describe(self.get_object()))

    @extend_schema(request=ScheduleChange, responses={200: shape(ScheduledJobShape)})
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Switch a scheduled job on or off, or describe it."""
        row: ScheduledJob = self.get_object()
        change = ScheduleChange(data=request.data)
        change.is_valid(raise_exception=True)
        change_schedule(row, self.user, **change.validated_data)
        return self.answer(pk)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Forget a scheduled job; its results stay."""
        delete_schedule(self.get_object(), by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DecisionView(ScheduleView):
    """Deciding needs rights on the job as well, and answers in words of its own."""

    model = None
    decides_itself = True
    actions: ClassVar = {"POST": "view"}

    def visible(self, pk: uuid.UUID, *, refusal: str) -> ScheduledJob:
        """The row that the caller may view; without any grant the refusal of this decision."""
        if not may(self.user, "view", ScheduledJob):
            raise Refusal(status.HTTP_403_FORBIDDEN, refusal)
        row: ScheduledJob = get_object_or_404(self.get_queryset(), pk=pk)
        return row


class ScheduleApprove(DecisionView):
    @extend_schema(request=None, parameters=[FORCE], responses={200: shape(ScheduledJobShape)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Let a request run: at once, or at its time."""
        row = self.visible(pk, refusal=NotApprover.message)
        force = request.query_params.get("force", "").lower() in _TRUE
        try:
            approve(row, self.user, force=force)
        except ScheduleRefused as exc:
            return _answer_to(exc)
        return self.answer(pk)


class ScheduleDeny(DecisionView):
    @extend_schema(request=None, responses={200: None})
    def post(self, _request: Request, pk: uuid.UUID) -> Response | JsonResponse:
        """Keep a request from ever running."""
        try:
            deny(self.visible(pk, refusal=NotDenier.message), self.user)
        except ScheduleRefused as exc:
            return _answer_to(exc)
        return JsonResponse(None, safe=False)  # `null`; a Response would have no body at all


class ScheduleDryRun(DecisionView):
    @extend_schema(request=None, responses={200: shape(FullResult)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """See what a request would do, before deciding about it."""
        row = self.visible(pk, refusal=NO_RUN)
        layout = asked_layout(request)  # a wrong one is refused before anything happens
        described = describe_request(request._request, row.job_model.spec)  # noqa: SLF001  # Django's own
        try:
            result = try_out(row, self.user, described=described)
        except (RunRefused, AlreadyDecided) as exc:
            raise _answer_to_dry_run(exc) from exc
        describer = ResultDescriber(self.links, request.version)
        return Response(describer.full(result, layout=layout))


def _answer_to(exc: ScheduleRefused) -> Response:
    code, is_plain = _ANSWERS[type(exc)]
    return Response(str(exc) if is_plain else {"detail": str(exc)}, status=code)


def _answer_to_dry_run(exc: RunRefused | AlreadyDecided) -> Refusal:
    match exc:
        case NotAllowedToRun():
            return Refusal(status.HTTP_403_FORBIDDEN, NO_RUN)
        case NoWorker():
            return Refusal(status.HTTP_503_SERVICE_UNAVAILABLE, NO_WORKER.format(queue=exc.queue))
        case _:
            return Refusal(status.HTTP_405_METHOD_NOT_ALLOWED, NO_DRY_RUN)


# Two of the answers are plain JSON strings, because clients compare them.
_ANSWERS: dict[type[ScheduleRefused], tuple[int, bool]] = {
    NotApprover: (status.HTTP_403_FORBIDDEN, False),
    NotDenier: (status.HTTP_403_FORBIDDEN, False),
    OwnRequest: (status.HTTP_403_FORBIDDEN, True),
    StartIsPast: (status.HTTP_400_BAD_REQUEST, True),
    AlreadyDecided: (status.HTTP_409_CONFLICT, False),
}
