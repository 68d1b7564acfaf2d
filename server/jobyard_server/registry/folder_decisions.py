"""
What people decide about the revisions of the folder: roll back, pin, unpin.

As with a repository (``decisions``): the decision is stored first, and every later look at the folder asks
for it. What was rolled back stays out of service while the folder holds it; the next change of the folder
is newer and ends the rollback. Plugins are installed packages, so there is nothing to decide about them.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from jobyard_server.access.audit import CHANGED, ROLLED_BACK, record
from jobyard_server.access.models import User
from jobyard_server.registry import channels
from jobyard_server.registry.decisions import check_published
from jobyard_server.registry.errors import Undecidable
from jobyard_server.registry.history_models import PIN, ROLLBACK, SYNC
from jobyard_server.registry.models import LOCAL, Revision, Source
from jobyard_server.registry.quarantine import put_into_quarantine, quarantined, release
from jobyard_server.registry.snapshots import hold_revision


@dataclass(frozen=True, kw_only=True)
class FolderChoice:
    """What of a folder should be in service."""

    digest: str  #: The folder as it is, or what people decided instead.
    cause: str = SYNC  #: One of ``history_models.CAUSES``.
    user: User | None = None  #: Who decided so.


def choose(source: Source, digest: str) -> FolderChoice:
    """
    Args:
        source: As stored now.
        digest: Of the folder as it is.
    """
    if source.pinned_to:
        return FolderChoice(digest=source.pinned_to, cause=PIN)
    bad = quarantined(source) if source.rolled_back_to else []
    rolled_back = next((row for row in bad if row.identifier == digest), None)
    if rolled_back is None:
        return FolderChoice(digest=digest)
    return FolderChoice(digest=source.rolled_back_to, cause=ROLLBACK, user=rolled_back.user)


def roll_back_folder(
    source: Source, revision: Revision, user: User | None = None, *, reason: str = ""
) -> None:
    """
    Put an earlier revision of the folder into service; what is in it now goes into quarantine.

    Raises:
        Undecidable: *revision* is in service, never was, or its files are not kept any more.
    """
    with transaction.atomic():
        stored = _locked(source)
        _check(stored, revision)
        if stored.revision_id == revision.pk:
            raise Undecidable(f"The revision {revision.short} is in service already.")
        release(stored, revision.identifier)
        if stored.revision is not None:
            put_into_quarantine(stored, stored.revision.identifier, user, reason)
        record(ROLLED_BACK, user=user, target=stored, revision=revision.identifier, reason=reason)
        _store(stored, rolled_back_to=revision.identifier, pinned_to="")


def pin_folder(source: Source, revision: Revision, user: User | None = None) -> None:
    """
    Keep *revision* in service until somebody unpins it, whatever is saved.

    Raises:
        Undecidable: It never was in service, or its files are not kept any more.
    """
    with transaction.atomic():
        stored = _locked(source)
        _check(stored, revision)
        record(CHANGED, user=user, target=stored, pinned_to=revision.identifier)
        _store(stored, pinned_to=revision.identifier)


def unpin_folder(source: Source, user: User | None = None) -> None:
    """
    Follow the folder again; a rollback from before the pin holds again.

    Raises:
        Undecidable: Nothing is pinned.
    """
    with transaction.atomic():
        stored = _locked(source)
        if not stored.pinned_to:
            raise Undecidable("The folder is not pinned.")
        record(CHANGED, user=user, target=stored, pinned_to=None)
        _store(stored, pinned_to="")


def _locked(source: Source) -> Source:
    if source.kind != LOCAL:
        raise Undecidable("Plugins are installed packages; install the version that shall be in service.")
    return Source.objects.select_for_update(of=("self",)).select_related("revision").get(pk=source.pk)


def _check(source: Source, revision: Revision) -> None:
    check_published(source, revision)
    if not hold_revision(revision):
        raise Undecidable(
            f"The files of the revision {revision.short} are not kept any more; save them as they were."
        )


def _store(source: Source, **decision: str) -> None:
    """And have the folder looked at."""
    Source.objects.filter(pk=source.pk).update(**decision, refresh_asked=timezone.now())
    channels.notify(channels.SYNC, source.key)
