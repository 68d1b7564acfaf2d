"""``/api/extras/git-repositories/``: what jobs come from, and "sync now"."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, cast

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.errors import Refusal
from jobyard_server.api.git_repositories.describe import describe_repository, described_repositories
from jobyard_server.api.git_repositories.fields import RepositoryFields, SyncFields
from jobyard_server.api.git_repositories.filters import RepositoryFilters
from jobyard_server.api.git_repositories.shapes import GitRepositoryShape, SyncAnswer
from jobyard_server.api.job_results.describe import ResultDescriber
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.repositories import add_repository, change_repository, remove_repository
from jobyard_server.registry.requests import request_sync
from jobyard_server.registry.signature_rules import OFF, REQUIRE
from jobyard_server.runs.components import component_states
from jobyard_server.webhooks.hooks import set_hook_secret

NO_CHANGES = "This user does not have permission to make changes to Git repositories."
# It speaks of Celery because clients compare it; here it is the sync daemon that is missing.
NO_DAEMON = "Unable to process request: Celery worker process not running."


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
    ordering_fields = ("name", "slug", "created", "last_updated")

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
        values, webhook_secret = _as_registry_takes_it(fields.validated_data)
        values["token"] = values.get("token") or ""
        with transaction.atomic():
            repository = add_repository(**values, user=self.user)
            set_hook_secret(repository, webhook_secret, user=self.user)
        return self.answer(repository.pk, status.HTTP_201_CREATED)


def _as_registry_takes_it(sent: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The fields, and the secret of the hook, which is a row of its own."""
    values = dict(sent)
    webhook_secret = values.pop("webhook_secret", None)
    if (is_required := values.pop("require_signed", None)) is not None and "signature_policy" not in values:
        values["signature_policy"] = REQUIRE if is_required else OFF
    return values, webhook_secret


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
        values, webhook_secret = _as_registry_takes_it(fields.validated_data)
        with transaction.atomic():
            change_repository(repository, user=self.user, **values)
            set_hook_secret(repository, webhook_secret, user=self.user)
        return self.answer(repository.pk)

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Delete a repository; its jobs are no longer installed, their results stay."""
        remove_repository(self.get_object(), user=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class RepositorySync(RepositoryView):
    actions: ClassVar = {"POST": "sync"}
    refusals: ClassVar = {"sync": NO_CHANGES}

    @extend_schema(request=SyncFields, responses={200: shape(SyncAnswer)})
    def post(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """
        Look for new commits now.

        With ``dry_run`` only tell what would change; with ``refresh`` import every module again.
        """
        repository: GitRepository = self.get_object()
        if component_states()["sync"] != "ok":
            raise Refusal(status.HTTP_503_SERVICE_UNAVAILABLE, NO_DAEMON)
        fields = SyncFields(data=request.data or {})
        fields.is_valid(raise_exception=True)
        result = request_sync(repository.source, self.user, **fields.validated_data)
        answer: SyncAnswer = {
            "message": f"Repository {repository.name} sync job added to queue.",
            "job_result": ResultDescriber(self.links, request.version).short(result),
        }
        return Response(answer)
