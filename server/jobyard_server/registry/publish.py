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
from jobyard_repos.fail_points import fail_point
from jobyard_server.registry import channels, events
from jobyard_server.registry.errors import LeaseLost, NeedsConfirmation, NotPublished, StrictlyRefused
from jobyard_server.registry.leases import SyncLease
from jobyard_server.registry.models import GIT, GitRepository, Revision, Source
from jobyard_server.registry.publication import Findings, Publication
from jobyard_server.registry.publish_terms import PublishTerms
from jobyard_server.registry.published import Published
from jobyard_server.registry.quarantine import release_quarantine
from jobyard_server.registry.saved_inputs import broken_inputs, saved_inputs
from jobyard_server.registry.signatures import SignatureFacts, check_policy, note_signature
from jobyard_server.registry.snapshots import note_kept
from jobyard_server.registry.sync_times import mark_published

__all__ = ["Findings", "PublishTerms", "Published", "RevisionFacts", "publish", "try_publish"]

_AUTHOR_MAX = 250  # column


@dataclass(frozen=True, kw_only=True)
class RevisionFacts:
    """What is known of a revision before anyone looks into its modules."""

    identifier: str  #: Commit, or content digest of a folder.
    snapshot_digest: str  #: Name of the snapshot that it became.
    author: str = ""
    message: str = ""
    committed_at: datetime | None = None
    signature: SignatureFacts | None = None  #: None: nobody looked.


def publish(
    lease: SyncLease,
    facts: RevisionFacts,
    found: Findings | Sequence[ModuleReport],
    terms: PublishTerms | None = None,
) -> Published:
    """
    Put a revision into service, module by module.

    Args:
        lease: The lease under which the revision was resolved. Its fence is the order of syncs: an
            older sync that ends later is refused here.
        facts: The revision; its snapshot is complete on disk.
        found: What is known of its modules; reports alone when all of them were inspected. A module
            that is nowhere in it is gone from the source.
        terms: Under which rules, and what the timeline says about it.

    Raises:
        LeaseLost: Nothing was changed.
        NotPublished: A rule keeps it out of service, which the timeline shows; nothing else was changed.
        PolicyChanged: Nothing was changed.
    """
    findings, terms = _findings(found), terms or PublishTerms()
    try:
        with transaction.atomic():
            published = _publish(lease, facts, findings, terms)
            fail_point("before_notify")
    except NotPublished as exc:
        _note_refusal(lease, facts, exc, terms)
        raise
    fail_point("after_db")
    return published


def try_publish(
    lease: SyncLease, facts: RevisionFacts, found: Findings, terms: PublishTerms
) -> tuple[Published, NotPublished | None]:
    """
    What :func:`publish` would do, and the rule that would keep it from doing so; nothing is changed.

    Raises:
        LeaseLost: As there.
    """
    try:
        with transaction.atomic():
            published = _publish(lease, facts, found, terms)
            transaction.set_rollback(True)
    except NotPublished as exc:
        return exc.published, exc
    return published, None


def _publish(lease: SyncLease, facts: RevisionFacts, found: Findings, terms: PublishTerms) -> Published:
    source = _fenced(lease)
    check_policy(source, facts.signature)
    revision = _revision(source, facts)
    publication = Publication(source, revision, found)
    published = publication.compare()
    _add_broken_inputs(published)
    terms.check(source, revision, published)
    publication.store()
    events.note_published(source, revision, published, publication.changed_jobs, terms)
    release_quarantine(source, revision, terms.cause)
    _set_current(source, revision)
    if terms.result is not None:
        mark_published(terms.result)
    channels.notify(channels.REGISTRY, source.key)
    return published


def _findings(found: Findings | Sequence[ModuleReport]) -> Findings:
    return found if isinstance(found, Findings) else Findings(reports=found)


def _add_broken_inputs(published: Published) -> None:
    changed = [
        item.job for item in published.changed if item.before["variables"] != item.job.spec_json["variables"]
    ]
    if changed:
        specs = {job.pk: job.spec for job in changed}
        published.broken_inputs.extend(broken_inputs(saved_inputs(changed), specs))


def _note_refusal(lease: SyncLease, facts: RevisionFacts, refusal: NotPublished, terms: PublishTerms) -> None:
    with transaction.atomic():
        source = _fenced(lease)
        revision = _revision(source, facts)
        if isinstance(refusal, NeedsConfirmation):
            events.note_held(source, revision, refusal.published, terms)
        elif isinstance(refusal, StrictlyRefused):
            events.note_refused(source, revision, refusal.published, terms)
        Source.objects.filter(pk=source.pk).update(error=str(refusal), last_synced=timezone.now())


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
    note_signature(source.pk, facts.identifier, facts.signature)
    note_kept(facts.snapshot_digest)
    return revision


def _set_current(source: Source, revision: Revision) -> None:
    Source.objects.filter(pk=source.pk).update(revision=revision, error="", last_synced=timezone.now())
    if source.kind == GIT:
        GitRepository.objects.filter(source=source).update(current_head=revision.identifier)
