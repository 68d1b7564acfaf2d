"""
What people decide about revisions: roll back, pin, unpin, confirm. Every door comes through here.

A decision is stored first and asks for a sync; the sync daemon carries it out, without the network. So it
holds whatever happens to the daemon, and every later sync respects it.
"""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils import timezone

from jobyard_server.access.audit import CHANGED, CONFIRMED, ROLLED_BACK, record
from jobyard_server.access.models import User
from jobyard_server.registry.errors import Undecidable
from jobyard_server.registry.history_models import PUBLISHED, HeldPush, RevisionEvent
from jobyard_server.registry.models import GitRepository, Revision, Source
from jobyard_server.registry.quarantine import put_into_quarantine, quarantined, release
from jobyard_server.registry.requests import request_sync
from jobyard_server.runs.models import JobResult

logger = logging.getLogger(__name__)


def roll_back(
    repository: GitRepository, revision: Revision, user: User | None = None, *, reason: str = ""
) -> JobResult:
    """
    Put an earlier revision into service; what is in service now goes into quarantine.

    Returns:
        The sync that carries it out.

    Raises:
        Undecidable: *revision* is in service already, or never was.
    """
    with transaction.atomic():
        source, stored = _locked(repository)
        check_published(source, revision)
        if source.revision_id == revision.pk:
            raise Undecidable(f"The revision {revision.short} is in service already.")
        release(source, revision.identifier)
        if source.revision is not None:
            put_into_quarantine(source, source.revision.identifier, user, reason)
        stored.rolled_back_to, stored.pinned_commit = revision.identifier, ""
        stored.save(update_fields=["rolled_back_to", "pinned_commit", "last_updated"])
        record(ROLLED_BACK, user=user, target=stored, revision=revision.identifier, reason=reason)
        result = request_sync(source, user)
    _log("roll_back", source, revision)
    return result


def pin(repository: GitRepository, revision: Revision, user: User | None = None) -> JobResult:
    """
    Keep *revision* in service until somebody unpins it, whatever is pushed.

    Raises:
        Undecidable: It never was in service.
    """
    with transaction.atomic():
        source, stored = _locked(repository)
        check_published(source, revision)
        release(source, revision.identifier)
        if not quarantined(source):
            stored.rolled_back_to = ""
        stored.pinned_commit = revision.identifier
        stored.save(update_fields=["rolled_back_to", "pinned_commit", "last_updated"])
        record(CHANGED, user=user, target=stored, pinned_to=revision.identifier)
        result = request_sync(source, user)
    _log("pin", source, revision)
    return result


def unpin(repository: GitRepository, user: User | None = None) -> JobResult:
    """
    Follow the branch again; a rollback from before the pin holds again.

    Raises:
        Undecidable: Nothing is pinned.
    """
    with transaction.atomic():
        source, stored = _locked(repository)
        if not stored.pinned_commit:
            raise Undecidable(f"{stored.name} is not pinned.")
        stored.pinned_commit = ""
        stored.save(update_fields=["pinned_commit", "last_updated"])
        record(CHANGED, user=user, target=stored, pinned_to=None)
        return request_sync(source, user)


def confirm(repository: GitRepository, user: User | None = None, *, commit: str = "") -> JobResult:
    """
    Let a push that would remove many jobs go ahead.

    Args:
        repository: Its push waits.
        user: Who takes the responsibility.
        commit: What was seen when it was decided; another one that waits meanwhile is not confirmed.

    Raises:
        Undecidable: Nothing waits, or another commit does.
    """
    with transaction.atomic():
        source, stored = _locked(repository)
        held = HeldPush.objects.select_related("revision").filter(source=source).first()
        if held is None:
            raise Undecidable(f"No push of {stored.name} waits for a confirmation.")
        if commit and not held.revision.identifier.startswith(commit):
            raise Undecidable(
                f"Another commit waits now: {held.revision.short}. Look at it, then confirm it."
            )
        held.confirmed_at, held.confirmed_by = timezone.now(), user
        held.save(update_fields=["confirmed_at", "confirmed_by"])
        record(CONFIRMED, user=user, target=stored, revision=held.revision.identifier)
        result = request_sync(source, user)
    _log("confirm", source, held.revision)
    return result


def find_revision(source: Source, text: str) -> Revision:
    """
    The published revision that *text* names: its id, or (the start of) its commit.

    Raises:
        Undecidable: None, or several.
    """
    known = Revision.objects.filter(source=source)
    by_id = known.filter(pk=text) if _is_id(text) else known.none()
    starts = known.filter(identifier__startswith=text) if _is_hex(text) else known.none()
    found = list(by_id[:1]) or list(starts[:2])
    if len(found) != 1:
        problem = "Several revisions start" if found else "No revision of this source starts"
        raise Undecidable(f"{problem} with {text[:70]!r}; the timeline lists the known ones.")
    return found[0]


_ID_LENGTH, _SHORTEST = 36, 4


def _is_id(text: str) -> bool:
    return len(text) == _ID_LENGTH and text.count("-") == 4 and _is_hex(text.replace("-", ""))  # noqa: PLR2004  # a UUID


def _is_hex(text: str) -> bool:
    return len(text) >= _SHORTEST and not set(text) - set("0123456789abcdef")


def _locked(repository: GitRepository) -> tuple[Source, GitRepository]:
    """The source first, as in publish: two orders of locks would be a deadlock one day."""
    locked = Source.objects.select_for_update(of=("self",)).select_related("revision")
    source = locked.get(git_repository=repository.pk)
    return source, GitRepository.objects.select_for_update().get(pk=repository.pk)


def check_published(source: Source, revision: Revision) -> None:
    """
    Raises:
        Undecidable: *revision* was never in service of *source*.
    """
    if revision.source_id != source.pk:
        raise Undecidable(f"The revision {revision.short} belongs to another source.")
    if not RevisionEvent.objects.filter(revision=revision, kind=PUBLISHED).exists():
        raise Undecidable(f"The revision {revision.short} was never in service.")


def _log(action: str, source: Source, revision: Revision) -> None:
    logger.info(action, extra={"action": action, "source": source.key, "revision": revision.identifier})
