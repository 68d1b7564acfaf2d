"""
The only way into the registry: one transaction from "inspected" to "in service".

A module that could be described gets the new revision; one that could not keeps its last good one, with
the error beside it. Whoever reads sees the registry before or after, never between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from jobyard.spec import ModuleReport
from jobyard_server.registry import channels
from jobyard_server.registry.errors import LeaseLost
from jobyard_server.registry.leases import SyncLease
from jobyard_server.registry.models import GIT, GitRepository, Revision, Source
from jobyard_server.registry.publication import Publication
from jobyard_server.registry.published import Published

__all__ = ["Published", "RevisionFacts", "publish"]

_AUTHOR_MAX = 250  # column


@dataclass(frozen=True, kw_only=True)
class RevisionFacts:
    """What is known of a revision before anyone looks into its modules."""

    identifier: str  #: Commit, or content digest of a folder.
    snapshot_digest: str  #: Name of the snapshot that it became.
    author: str = ""
    message: str = ""
    committed_at: datetime | None = None


def publish(lease: SyncLease, facts: RevisionFacts, reports: Sequence[ModuleReport]) -> Published:
    """
    Put a revision into service, module by module.

    Args:
        lease: The lease under which the revision was resolved. Its fence is the order of syncs: an
            older sync that ends later is refused here.
        facts: The revision; its snapshot is complete on disk.
        reports: One for each module of the revision. Modules without one are gone from the source.

    Raises:
        LeaseLost: Nothing was changed.
    """
    with transaction.atomic():
        source = _fenced(lease)
        revision = _revision(source, facts)
        published = Publication(source, revision).write(reports)
        _set_current(source, revision)
        channels.notify(channels.REGISTRY, source.key)
    return published


def _fenced(lease: SyncLease) -> Source:
    """The source, locked until the end of the transaction."""
    locked = Source.objects.select_for_update(of=("self",)).select_related("git_repository")
    source = locked.filter(pk=lease.source_id, fence=lease.fence, lease_holder=lease.holder).first()
    if source is None:
        raise LeaseLost
    return source


def _revision(source: Source, facts: RevisionFacts) -> Revision:
    values = {
        "snapshot_digest": facts.snapshot_digest,
        "author": facts.author[:_AUTHOR_MAX],
        "message": facts.message,
        "committed_at": facts.committed_at,
    }
    revision, is_new = Revision.objects.get_or_create(
        source=source, identifier=facts.identifier, defaults=values
    )
    if not is_new and revision.snapshot_digest != facts.snapshot_digest:
        # A newer jobyard may take other files of the same commit into a snapshot.
        revision.snapshot_digest = facts.snapshot_digest
        revision.save(update_fields=["snapshot_digest"])
    return revision


def _set_current(source: Source, revision: Revision) -> None:
    Source.objects.filter(pk=source.pk).update(revision=revision, error="", last_synced=timezone.now())
    if source.kind == GIT:
        GitRepository.objects.filter(source=source).update(current_head=revision.identifier)
