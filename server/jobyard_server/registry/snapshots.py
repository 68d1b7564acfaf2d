"""Which snapshots must stay on disk, and the revisions that nobody needs any more."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import F, Window
from django.db.models.functions import RowNumber

from jobyard import statuses
from jobyard_server.registry.models import Module, Revision, Source
from jobyard_server.runs.models import JobResult


def needed_digests(*, keep: int) -> set[str]:
    """
    Digests that installed modules, runs that have not ended, or the newest *keep* revisions of a source need.

    A run that is accepted while this is read pins the revision of a module, which was one of the
    newest a moment ago; so *keep* also covers the time until its row can be seen.
    """
    return set(_needed(keep).values_list("snapshot_digest", flat=True))


def forget_revisions(*, keep: int) -> int:
    """Delete revisions that neither files nor history refer to; returns how many."""
    needed = _needed(keep).values("pk")
    used = (
        Exists(Module.objects.filter(revision=OuterRef("pk")))
        | Exists(JobResult.objects.filter(revision=OuterRef("pk")))
        | Exists(Source.objects.filter(revision=OuterRef("pk")))
    )
    count, _ = Revision.objects.exclude(pk__in=needed).exclude(used).delete()
    return count


def _needed(keep: int) -> QuerySet[Revision]:
    in_service = Exists(Module.objects.filter(revision=OuterRef("pk"), is_installed=True))
    pinned = Exists(JobResult.objects.filter(revision=OuterRef("pk"), status__in=statuses.ACTIVE))
    newest = Revision.objects.alias(
        age=Window(RowNumber(), partition_by=F("source"), order_by=F("created").desc())
    ).filter(age__lte=keep)
    return Revision.objects.filter(Q(in_service) | Q(pinned) | Q(pk__in=newest.values("pk")))
