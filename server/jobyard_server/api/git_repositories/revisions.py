"""The history of a repository: its timeline, and what differs between two revisions."""

from __future__ import annotations

import uuid
from typing import cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.git_repositories.describe import describe_event, describe_revision
from jobyard_server.api.git_repositories.endpoints import RepositoryView
from jobyard_server.api.git_repositories.shapes import DifferencesShape, EventShape
from jobyard_server.api.schema import page_of, shape
from jobyard_server.registry.decisions import find_revision
from jobyard_server.registry.history import compare_jobs, events_of
from jobyard_server.registry.history_models import RevisionEvent
from jobyard_server.registry.models import GitRepository, Revision
from jobyard_server.registry.revision_files import changed_between


class RepositoryRevisions(RepositoryView):
    @extend_schema(responses={200: page_of(EventShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """List what happened to the revisions of a repository, newest first."""
        repository: GitRepository = self.get_object()
        page = cast(list[RevisionEvent], self.paginate_queryset(events_of(repository.source)))
        return self.get_paginated_response([describe_event(event, repository) for event in page])


class RepositoryDifferences(RepositoryView):
    @extend_schema(
        parameters=[OpenApiParameter("old", str, required=True), OpenApiParameter("new", str)],
        responses={200: shape(DifferencesShape)},
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # see above
        """Tell what differs between two published revisions; ``new`` is the one in service when left out."""
        repository: GitRepository = self.get_object()
        old = self._revision(request, repository, "old")
        new = self._revision(request, repository, "new")
        answer: DifferencesShape = {
            "old": describe_revision(old),
            "new": describe_revision(new),
            "files": [vars(item) for item in changed_between(old, new)],
            "jobs": compare_jobs(old, new),
        }
        return Response(answer)

    def _revision(self, request: Request, repository: GitRepository, name: str) -> Revision:
        text = request.query_params.get(name, "")
        current = repository.source.revision
        if not text and name == "new" and current is not None:
            return current
        if not text:
            raise ValidationError({name: ["This field is required."]})
        return find_revision(repository.source, text)
