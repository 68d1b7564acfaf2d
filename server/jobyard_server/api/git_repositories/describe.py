"""From the row of a repository to what the API answers, and the rows with what that needs."""

from __future__ import annotations

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from jobyard import statuses
from jobyard_server.api.git_repositories.shapes import (
    EventShape,
    GitRepositoryShape,
    HeldPushShape,
    QuarantineShape,
    RemoteSettingsShape,
    RevisionShape,
)
from jobyard_server.api.links import Links
from jobyard_server.registry.forges import commit_url
from jobyard_server.registry.history_models import HeldPush, Quarantine, RevisionEvent
from jobyard_server.registry.models import GitRepository, Revision, Source
from jobyard_server.registry.quarantine import why_in_quarantine
from jobyard_server.registry.repositories import UNCHANGED_TOKEN
from jobyard_server.runs.models import JobResult
from jobyard_server.webhooks.models import Webhook


def described_repositories() -> QuerySet[GitRepository]:
    """Repositories with their source and the status of its newest sync, in one query."""
    newest = JobResult.objects.filter(source_model=OuterRef("source__pk")).order_by("-created")
    active = Quarantine.objects.filter(released_at__isnull=True).select_related("user")
    related = ("source__held_push__revision", "signature_policy_by")
    rows = GitRepository.objects.select_related(*related).prefetch_related(
        Prefetch("source__quarantines", queryset=active, to_attr="active_quarantines")
    )
    hooks = Webhook.objects.filter(repository=OuterRef("pk"), enabled=True).order_by("created")
    return rows.annotate(
        newest_sync_status=Subquery(newest.values("status")[:1]),
        hook_address=Subquery(hooks.values("address")[:1]),
    )


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
        **_remote_settings(repository, links),
        "job_paths": repository.job_paths,
        "auto_enable": repository.auto_enable,
        "strict": repository.strict,
        "forge": repository.forge,
        "pinned_commit": repository.pinned_commit or None,
        "rolled_back_to": repository.rolled_back_to or None,
        "quarantine": [_quarantine(row) for row in getattr(source, "active_quarantines", ())],
        "held_push": _held_push(source),
        "custom_fields": {},
        "created": repository.created,
        "last_updated": repository.last_updated,
    }


def _remote_settings(repository: GitRepository, links: Links) -> RemoteSettingsShape:
    address: str | None = getattr(repository, "hook_address", None)
    return {
        "poll_interval": repository.poll_interval,
        "ssh_key": UNCHANGED_TOKEN if repository.ssh_key_encrypted else None,
        "ssh_public_key": repository.ssh_public_key,
        "fsck_exceptions": repository.fsck_exceptions,
        "signature_policy": repository.signature_policy,
        "signature_policy_by": str(repository.signature_policy_by)
        if repository.signature_policy_by
        else None,
        "signature_policy_at": repository.signature_policy_at,
        "require_signed": repository.signature_rule.requires,
        "report_to": repository.report_to,
        "report_token": UNCHANGED_TOKEN if repository.report_token_encrypted else None,
        "webhook_url": links.outside(f"/webhooks/{address}/") if address else None,
        "webhook_secret": UNCHANGED_TOKEN if address else None,
    }


def _sync_status(repository: GitRepository, source: Source | None) -> str | None:
    """A lease shows that a sync is in progress; it ends by itself when the daemon dies."""
    if source is not None and source.is_syncing:
        return statuses.RUNNING
    status: str | None = getattr(repository, "newest_sync_status", None)
    return status


def describe_revision(revision: Revision) -> RevisionShape:
    return {
        "id": revision.pk,
        "identifier": revision.identifier,
        "author": revision.author,
        "message": revision.message,
        "committed_at": revision.committed_at,
        "signature_state": revision.signature_state,
        "signature_signer": revision.signature_signer,
    }


def describe_event(event: RevisionEvent, repository: GitRepository | None) -> EventShape:
    """Needs a row of ``history.events_of``; no repository for the folder."""
    return {
        "id": event.pk,
        "revision": describe_revision(event.revision),
        "previous": event.previous.identifier if event.previous else None,
        "kind": event.kind,
        "cause": event.cause,
        "user": str(event.user) if event.user else None,
        "job_result": event.result_id,
        "created": event.created,
        "url": _url_of(event, repository),
        "files": event.files,
        "changes": event.changes,
        "errors": event.errors,
        "broken_inputs": event.broken_inputs,
        "module_count": event.module_count,
        "inspected_count": event.inspected_count,
    }


def _url_of(event: RevisionEvent, repository: GitRepository | None) -> str | None:
    if repository is None:
        return None
    return commit_url(repository.remote_url, repository.forge, event.revision.identifier) or None


def _quarantine(row: Quarantine) -> QuarantineShape:
    return {
        "commit": row.identifier,
        "user": str(row.user) if row.user else None,
        "reason": row.reason,
        "created": row.created,
        "sentence": why_in_quarantine(row),
    }


def _held_push(source: Source | None) -> HeldPushShape | None:
    held: HeldPush | None = getattr(source, "held_push", None)
    if held is None:
        return None
    return {
        "commit": held.revision.identifier,
        "removed": held.removed,
        "job_count": held.job_count,
        "created": held.created,
        "is_confirmed": held.confirmed_at is not None,
    }
