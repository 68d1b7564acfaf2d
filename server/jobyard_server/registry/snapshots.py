"""Which snapshots must stay on disk, and the revisions that nobody needs any more."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import F, Window
from django.db.models.functions import RowNumber

from jobyard import statuses
from jobyard_server.registry.history_models import RevisionEvent
from jobyard_server.registry.models import Module, Revision, Source
from jobyard_server.runs.models import JobResult
from jobyard_server.schedules.models import PENDING, ScheduledJob

_IN_SERVICE = Q(Exists(Module.objects.filter(revision=OuterRef("pk"), is_installed=True)))
_WANTED = Q(pinned_to=OuterRef("identifier")) | Q(rolled_back_to=OuterRef("identifier"))
_DECIDED = Q(Exists(Source.objects.filter(_WANTED | Q(revision=OuterRef("pk")), pk=OuterRef("source"))))
_PINNED = Q(Exists(JobResult.objects.filter(revision=OuterRef("pk"), status__in=statuses.ACTIVE)))


def needed_digests(*, keep: int) -> set[str]:
    """
    Digests that installed modules, runs that have not ended, requests that somebody approved or shall
    approve, or the newest *keep* revisions of a source need.

    A run that is accepted while this is read is not among them: ``release_snapshots`` sees to that.
    """
    return set(_needed(keep).values_list("snapshot_digest", flat=True))


def release_snapshots(on_disk: Collection[str], *, keep: int) -> set[str]:
    """
    Which of the snapshots *on_disk* nobody needs; from now on no run of them is accepted.

    Whoever accepts a run holds the row of its revision until the run can be seen (``hold_revision``). So
    either the run is seen by the second look, or whoever accepts it sees the mark.
    """
    unneeded = set(on_disk) - needed_digests(keep=keep)
    if not unneeded:
        return unneeded
    with transaction.atomic():
        rows = Revision.objects.filter(snapshot_digest__in=unneeded)
        list(rows.order_by("pk").select_for_update().values_list("pk"))
        unneeded -= needed_digests(keep=keep)
        rows.filter(snapshot_digest__in=unneeded).update(is_kept=False)
    return unneeded


def hold_revision(revision: Revision) -> bool:
    """Keep clean-up away from its snapshot until this transaction has ended; False when it is gone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT is_kept FROM extras_revision WHERE id = %s FOR KEY SHARE", [revision.pk])
        row = cursor.fetchone()
    return bool(row and row[0])


def note_kept(digest: str) -> None:
    """The snapshot is on disk, again perhaps."""
    Revision.objects.filter(snapshot_digest=digest, is_kept=False).update(is_kept=True)


def revisions_in_use() -> QuerySet[Revision]:
    """What installed modules and runs that have not ended need on disk; with source and repository."""
    return Revision.objects.filter(_IN_SERVICE | _PINNED).select_related("source__git_repository")


def forget_revisions(*, keep: int) -> int:
    """Delete revisions that neither files nor history refer to; returns how many."""
    needed = _needed(keep).values("pk")
    used = (
        Exists(Module.objects.filter(revision=OuterRef("pk")))
        | Exists(JobResult.objects.filter(revision=OuterRef("pk")))
        | Exists(Source.objects.filter(revision=OuterRef("pk")))
        | Exists(RevisionEvent.objects.filter(revision=OuterRef("pk")))
        | Exists(ScheduledJob.objects.filter(revision=OuterRef("pk")))
    )
    count, _ = Revision.objects.exclude(pk__in=needed).exclude(used).delete()
    return count


def forget_events(*, keep: int) -> int:
    """Delete what the timeline of each source tells beyond its newest *keep* lines; returns how many."""
    ranked = RevisionEvent.objects.alias(
        age=Window(RowNumber(), partition_by=F("source"), order_by=F("created").desc())
    ).filter(age__gt=keep)
    count, _ = RevisionEvent.objects.filter(pk__in=ranked.values("pk")).delete()
    return count


def _needed(keep: int) -> QuerySet[Revision]:
    newest = Revision.objects.alias(
        age=Window(RowNumber(), partition_by=F("source"), order_by=F("created").desc())
    ).filter(age__lte=keep)
    shown = Exists(ScheduledJob.objects.filter(revision=OuterRef("pk"), next_at__isnull=False))
    asked = Exists(ScheduledJob.objects.filter(revision=OuterRef("pk"), approval=PENDING))
    return Revision.objects.filter(
        _IN_SERVICE | _DECIDED | _PINNED | Q(shown) | Q(asked) | Q(pk__in=newest.values("pk"))
    )
