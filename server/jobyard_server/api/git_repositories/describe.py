"""From the row of a repository to what the API answers, and the rows with what that needs."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet, Subquery

from jobyard import statuses
from jobyard_server.api.git_repositories.shapes import GitRepositoryShape
from jobyard_server.api.links import Links
from jobyard_server.registry.models import GitRepository, Source
from jobyard_server.registry.repositories import UNCHANGED_TOKEN
from jobyard_server.runs.models import JobResult


def described_repositories() -> QuerySet[GitRepository]:
    """Repositories with their source and the status of its newest sync, in one query."""
    newest = JobResult.objects.filter(source_model=OuterRef("source__pk")).order_by("-created")
    rows = GitRepository.objects.select_related("source")
    return rows.annotate(newest_sync_status=Subquery(newest.values("status")[:1]))


def describe_repository(repository: GitRepository, links: Links) -> GitRepositoryShape:
    """Needs a row of :func:`described_repositories`."""
    source: Source | None = getattr(repository, "source", None)
    return {
        "id": repository.pk,
        "url": links.git_repository(repository.pk),
        "display": repository.name,
        "name": repository.name,
        "slug": repository.slug,
        "remote_url": repository.remote_url,
        "branch": repository.branch,
        "username": repository.username,
        "token": UNCHANGED_TOKEN if repository.token_encrypted else None,
        "secrets_group": None,
        "current_head": repository.current_head,
        "provided_contents": repository.provided_contents,
        "sync_status": _sync_status(repository, source),
        "last_synced": source.last_synced if source else None,
        "sync_error": (source.error or None) if source else None,
        "custom_fields": {},
        "created": repository.created,
        "last_updated": repository.last_updated,
    }


def _sync_status(repository: GitRepository, source: Source | None) -> str | None:
    """A lease shows that a sync is in progress; it ends by itself when the daemon dies."""
    if source is not None and source.is_syncing:
        return statuses.RUNNING
    status: str | None = getattr(repository, "newest_sync_status", None)
    return status
