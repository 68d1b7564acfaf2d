"""Commits that were rolled back and that no sync may bring back by itself."""

from __future__ import annotations

from django.utils import timezone

from jobyard_server.access.models import User
from jobyard_server.registry.history_models import CONFIRMATION, SYNC, Quarantine
from jobyard_server.registry.models import GitRepository, Revision, Source


def quarantined(source: Source) -> list[Quarantine]:
    """The commits in quarantine, newest first."""
    rows = Quarantine.objects.filter(source=source, released_at__isnull=True)
    return list(rows.select_related("user"))


def why_in_quarantine(row: Quarantine) -> str:
    """A sentence for people."""
    who = f" by {row.user}" if row.user else ""
    reason = f" ({row.reason})" if row.reason else ""
    return (
        f"Commit {row.identifier[:12]} was rolled back{who} on {row.created:%Y-%m-%d at %H:%M} UTC{reason}."
    )


def put_into_quarantine(source: Source, identifier: str, user: User | None, reason: str) -> None:
    Quarantine.objects.get_or_create(
        source=source,
        identifier=identifier,
        released_at=None,
        defaults={"user": user, "reason": reason[:500]},
    )


def release(source: Source, identifier: str) -> None:
    """A person wants this commit in service again."""
    rows = Quarantine.objects.filter(source=source, identifier=identifier, released_at__isnull=True)
    rows.update(released_at=timezone.now(), released_by=identifier)


def release_quarantine(source: Source, revision: Revision, cause: str) -> None:
    """What a publication of *revision* means: a newer commit that a sync found ends the rollback."""
    decided: GitRepository | Source = source.git_repository or source
    if not decided.rolled_back_to or cause not in {SYNC, CONFIRMATION}:
        return
    if revision.identifier == decided.rolled_back_to:
        return
    type(decided).objects.filter(pk=decided.pk).update(rolled_back_to="")
    rows = Quarantine.objects.filter(source=source, released_at__isnull=True)
    rows.update(released_at=timezone.now(), released_by=revision.identifier)
