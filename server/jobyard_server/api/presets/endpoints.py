"""``/api/extras/job-presets/``: inputs that people remember, with the rules of the pages."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from jobyard_server.access.permissions import may, restrict
from jobyard_server.api.errors import Refusal
from jobyard_server.api.filters import Filters, any_id, any_text, flag, meta
from jobyard_server.api.job_results.describe import ResultDescriber
from jobyard_server.api.presets.shapes import PresetShape, describe_preset
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.presets.errors import InvalidName, MaybeSensitive
from jobyard_server.presets.models import JobPreset
from jobyard_server.presets.saving import Wanted, change_preset, save_preset
from jobyard_server.presets.using import may_manage, presets_of
from jobyard_server.registry.models import Job

NO_VIEW: Final = "This user does not have permission to view jobs."
NO_RUN: Final = "This user does not have permission to run this job."
NO_JOB: Final = "There is no such job."
NOT_YOURS: Final = "Only whoever saved a preset, or may {} presets, can do that."


class NewPreset(serializers.Serializer[JobPreset]):
    """What a preset is made of; ``data`` is that of a run, and need not be complete."""

    job_model = serializers.UUIDField()
    name = serializers.CharField(trim_whitespace=False, allow_blank=True, max_length=1000)
    data = serializers.DictField(required=False)  # type: ignore[assignment]  # a field, not the property
    commit = serializers.BooleanField(required=False)
    task_queue = serializers.CharField(required=False, allow_blank=True, max_length=64)
    is_shared = serializers.BooleanField(required=False)


class PresetChange(serializers.Serializer[JobPreset]):
    """What may be changed of a preset; for other inputs, make another one."""

    name = serializers.CharField(required=False, trim_whitespace=False, allow_blank=True, max_length=1000)
    is_shared = serializers.BooleanField(required=False)


class PresetFilters(Filters):
    name = any_text()
    job_model = any_id("job_model_id")
    user = any_text("user__username")
    is_shared = flag()

    Meta = meta(JobPreset)


class PresetView(ApiView):
    """Whoever may view a job sees their own presets of it, and those that are shared."""

    model = JobPreset
    queryset = JobPreset.objects.all()

    def check_permissions(self, request: Request) -> None:
        APIView.check_permissions(self, request)  # nobody needs a permission for what is theirs
        if not may(self.user, "view", Job):
            raise PermissionDenied(NO_VIEW)

    def get_queryset(self) -> QuerySet[JobPreset]:
        return presets_of(self.user, restrict(Job.objects.all(), self.user, "view"))

    def describe(self, row: JobPreset) -> PresetShape:
        return describe_preset(row, ResultDescriber(self.links, self.request.version))

    def own(self, action: str) -> JobPreset:
        row: JobPreset = self.get_object()
        if not may_manage(row, self.user, action):
            raise PermissionDenied(NOT_YOURS.format(action))
        return row


class PresetList(PresetView):
    filterset_class = PresetFilters
    ordering_fields = ("name", "created", "changed")

    @extend_schema(responses={200: page_of(PresetShape)})
    def get(self, _request: Request) -> Response:
        """List presets: your own, and those that others share."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response([self.describe(row) for row in page or ()])

    @extend_schema(request=NewPreset, responses={201: shape(PresetShape)})
    def post(self, request: Request) -> Response:
        """Remember inputs of a job under a name."""
        fields = NewPreset(data=request.data)
        fields.is_valid(raise_exception=True)
        values = fields.validated_data
        job = self._job(values.pop("job_model"))
        if not may(self.user, "run", job):
            raise PermissionDenied(NO_RUN)
        row = _saved(job, self.user, values)
        return Response(self.describe(self.get_queryset().get(pk=row.pk)), status=status.HTTP_201_CREATED)

    def _job(self, pk: uuid.UUID) -> Job:
        jobs = restrict(Job.objects.select_related("module__source"), self.user, "view")
        job: Job | None = jobs.filter(pk=pk).first()
        if job is None:
            raise ValidationError({"job_model": [NO_JOB]})
        return job


class PresetDetail(PresetView):
    @extend_schema(responses={200: shape(PresetShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show a preset."""
        return Response(self.describe(self.get_object()))

    @extend_schema(request=PresetChange, responses={200: shape(PresetShape)})
    def patch(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Rename a preset, or share it."""
        row = self.own("change")
        change = PresetChange(data=request.data)
        change.is_valid(raise_exception=True)
        wanted = {"name": row.name, "is_shared": row.is_shared, **change.validated_data}
        try:
            change_preset(row, **wanted)
        except InvalidName as exc:
            raise ValidationError({"name": [str(exc)]}) from exc
        return Response(self.describe(self.get_object()))

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Forget a preset."""
        self.own("delete").delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


def _saved(job: Job, user: Any, values: dict[str, Any]) -> JobPreset:
    wanted = Wanted(
        name=values["name"],
        data=values.get("data", {}),
        commit=values.get("commit", job.spec.commit_default),
        task_queue=values.get("task_queue", ""),
        is_shared=values.get("is_shared", False),
        from_form=False,
    )
    try:
        return save_preset(job, user, wanted)
    except InvalidName as exc:
        raise ValidationError({"name": [str(exc)]}) from exc
    except MaybeSensitive as exc:
        raise Refusal(status.HTTP_409_CONFLICT, str(exc)) from exc
