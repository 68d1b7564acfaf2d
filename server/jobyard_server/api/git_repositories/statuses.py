"""What the forge of a repository was told about its commits."""

from __future__ import annotations

import uuid
from typing import cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.git_repositories.endpoints import RepositoryView
from jobyard_server.api.git_repositories.shapes import CommitStatusShape
from jobyard_server.api.schema import page_of
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.report_models import CommitStatus


class RepositoryStatuses(RepositoryView):
    @extend_schema(
        parameters=[OpenApiParameter("commit", str, description="Full hash of one commit.")],
        responses={200: page_of(CommitStatusShape)},
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """List what the forge was told, or will be, newest first; of one commit with ``?commit=``."""
        repository: GitRepository = self.get_object()
        rows = repository.commit_statuses.all()
        if commit := request.query_params.get("commit", ""):
            rows = rows.filter(commit=commit)
        page = cast(list[CommitStatus], self.paginate_queryset(rows))
        return self.get_paginated_response([describe_status(row) for row in page])


def describe_status(row: CommitStatus) -> CommitStatusShape:
    return {
        "id": row.pk,
        "commit": row.commit,
        "state": row.state,
        "description": row.description,
        "link": row.link,
        "progress": _progress(row),
        "attempts": row.attempts,
        "next_try": row.next_try,
        "sent_at": row.sent_at,
        "error": row.error,
        "created": row.created,
    }


def _progress(row: CommitStatus) -> str:
    if row.sent_at is not None:
        return "sent"
    return "waiting" if row.next_try is not None else "given_up"
