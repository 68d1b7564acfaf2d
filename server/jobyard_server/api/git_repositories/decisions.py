"""Decisions about what of a repository is in service: roll back, pin, unpin, confirm."""

from __future__ import annotations

import uuid
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from jobyard_server.api.git_repositories.endpoints import RepositoryView
from jobyard_server.api.git_repositories.fields import ConfirmFields, PinFields, RollbackFields
from jobyard_server.api.git_repositories.shapes import SyncAnswer
from jobyard_server.api.job_results.describe import ResultDescriber
from jobyard_server.api.schema import shape
from jobyard_server.registry.decisions import confirm, find_revision, pin, roll_back, unpin
from jobyard_server.registry.models import GitRepository
from jobyard_server.runs.models import JobResult

_ANSWER = {200: shape(SyncAnswer)}


class DecisionView(RepositoryView):
    """A decision is stored at once; the sync that carries it out is in the answer."""

    actions: ClassVar = {"POST": "rollback"}

    def read(self, kind: type[Serializer[GitRepository]], request: Request) -> dict[str, str]:
        fields = kind(data=request.data or {})
        fields.is_valid(raise_exception=True)
        return dict(fields.validated_data)

    def decided(self, request: Request, message: str, result: JobResult) -> Response:
        answer: SyncAnswer = {
            "message": message,
            "job_result": ResultDescriber(self.links, request.version).short(result),
        }
        return Response(answer)


class RepositoryRollback(DecisionView):
    @extend_schema(request=RollbackFields, responses=_ANSWER)
    def post(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Put an earlier revision into service; what is in service goes into quarantine."""
        repository: GitRepository = self.get_object()
        sent = self.read(RollbackFields, request)
        revision = find_revision(repository.source, sent["revision"])
        result = roll_back(repository, revision, self.user, reason=sent["reason"])
        return self.decided(request, f"{repository.name} is rolled back to {revision.short}.", result)


class RepositoryPin(DecisionView):
    @extend_schema(request=PinFields, responses=_ANSWER)
    def post(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # see above
        """Keep a revision in service until it is unpinned, whatever is pushed."""
        repository: GitRepository = self.get_object()
        revision = find_revision(repository.source, self.read(PinFields, request)["revision"])
        result = pin(repository, revision, self.user)
        return self.decided(request, f"{repository.name} is pinned to {revision.short}.", result)


class RepositoryUnpin(DecisionView):
    @extend_schema(request=None, responses=_ANSWER)
    def post(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # see above
        """Follow the branch again."""
        repository: GitRepository = self.get_object()
        result = unpin(repository, self.user)
        return self.decided(request, f"{repository.name} follows {repository.branch} again.", result)


class RepositoryConfirm(DecisionView):
    @extend_schema(request=ConfirmFields, responses=_ANSWER)
    def post(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # see above
        """Let a push that would remove many jobs go ahead."""
        repository: GitRepository = self.get_object()
        result = confirm(repository, self.user, commit=self.read(ConfirmFields, request)["commit"])
        return self.decided(request, f"The push of {repository.name} goes ahead.", result)
