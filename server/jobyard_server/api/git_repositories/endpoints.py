"""``/api/extras/git-repositories/``: what jobs come from, and "sync now"."""

from __future__ import annotations

import uuid
from typing import ClassVar, cast

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.errors import Refusal
from jobyard_server.api.git_repositories.describe import describe_repository, described_repositories
from jobyard_server.api.git_repositories.fields import RepositoryFields
from jobyard_server.api.git_repositories.filters import RepositoryFilters
from jobyard_server.api.git_repositories.shapes import GitRepositoryShape, SyncAnswer
from jobyard_server.api.job_results.describe import ResultDescriber
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.repositories import add_repository, change_repository, remove_repository
from jobyard_server.registry.requests import request_sync
from jobyard_server.runs.components import component_states

NO_CHANGES = "This user does not have permission to make changes to Git repositories."
# It speaks of Celery because clients compare it; here it is the sync daemon that is missing.
NO_DAEMON = "Unable to process request: Celery worker process not running."
NO_DRY_RUN = "This server has no dry run of a sync yet; nothing was done."


class RepositoryView(ApiView):
    """What the endpoints of repositories share."""

    model = GitRepository
    queryset = described_repositories()

    def answer(self, pk: uuid.UUID, status_code: int = status.HTTP_200_OK) -> Response:
        """The repository as it is now."""
        stored = described_repositories().get(pk=pk)
        return Response(describe_repository(stored, self.links), status=status_code)


class RepositoryList(RepositoryView):
    filterset_class = RepositoryFilters

    @extend_schema(responses={200: page_of(GitRepositoryShape)})
    def get(self, _request: Request) -> Response:
        """List repositories."""
        page = cast(list[GitRepository], self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        links = self.links
        return self.get_paginated_response([describe_repository(row, links) for row in page])

    @extend_schema(request=RepositoryFields, responses={201: shape(GitRepositoryShape)})
    def post(self, request: Request) -> Response:
        """Add a repository and start its first sync."""
        fields = RepositoryFields(data=request.data)
        fields.is_valid(raise_exception=True)
        values = {**fields.validated_data, "token": fields.validated_data.get("token") or ""}
        return self.answer(add_repository(**values, user=self.user).pk, status.HTTP_201_CREATED)


class RepositoryDetail(RepositoryView):
    @extend_schema(responses={200: shape(GitRepositoryShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show a repository."""
        return Response(describe_repository(self.get_object(), self.links))

    @extend_schema(request=RepositoryFields, responses={200: shape(GitRepositoryShape)})
    def put(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Change a repository and start a sync."""
        return self._change(request, partial=False)

    @extend_schema(request=RepositoryFields(partial=True), responses={200: shape(GitRepositoryShape)})
    def patch(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Change some fields of a repository and start a sync."""
        return self._change(request, partial=True)

    def _change(self, request: Request, *, partial: bool) -> Response:
        repository: GitRepository = self.get_object()
        fields = RepositoryFields(data=request.data, partial=partial)
        fields.is_valid(raise_exception=True)
        change_repository(repository, user=self.user, **fields.validated_data)
        return self.answer(repository.pk)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Delete a repository; its jobs are no longer installed, their results stay."""
        remove_repository(self.get_object())
        return Response(status=status.HTTP_204_NO_CONTENT)


class RepositorySync(RepositoryView):
    actions: ClassVar = {"POST": "change"}
    refusals: ClassVar = {"change": NO_CHANGES}

    @extend_schema(request=None, responses={200: shape(SyncAnswer)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Look for new commits now."""
        repository: GitRepository = self.get_object()
        if component_states()["sync"] != "ok":
            raise Refusal(status.HTTP_503_SERVICE_UNAVAILABLE, NO_DAEMON)
        if isinstance(request.data, dict) and request.data.get("dry_run"):
            raise ValidationError({"dry_run": [NO_DRY_RUN]})
        result = request_sync(repository.source, self.user)
        answer: SyncAnswer = {
            "message": f"Repository {repository.name} sync job added to queue.",
            "job_result": ResultDescriber(self.links, request.version).short(result),
        }
        return Response(answer)
