"""Who executes runs at the moment: each worker, what it holds, what it knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.db.models.functions import Now

from jobyard import statuses
from jobyard_server.registry.models import Revision
from jobyard_server.runs.models import Component, JobResult


@dataclass(frozen=True, kw_only=True)
class Worker:
    """A worker, alive or not heard of for a while."""

    row: Component
    is_alive: bool
    alive_until: datetime  #: Its lease; without another beat it counts as dead then.
    runs: list[JobResult]  #: Held by it and visible to whoever asks.
    hidden_runs: int  #: Held by it and visible to others only.
    revisions: list[Revision]  #: Whose snapshots it has checked and may run from; newest first.


def workers(components: QuerySet[Component], visible: QuerySet[JobResult]) -> list[Worker]:
    """
    The workers among *components*, the living ones first; with those of *visible* runs that they hold.

    Cost: four queries, whatever the number of workers and runs.
    """
    lease = timedelta(seconds=settings.JOBYARD["LEASE_SECONDS"])
    known = components.filter(kind="worker").annotate(now=Now()).order_by("hostname", "started_at")
    rows = list(known)
    held = _held_by([row.pk for row in rows])
    seen = {run.pk: run for run in visible.filter(pk__in=[run for runs in held.values() for run in runs])}
    revisions = _revisions({digest for row in rows for digest in row.revisions})
    found = [
        Worker(
            row=row,
            is_alive=row.heartbeat_at + lease > row.now,
            alive_until=row.heartbeat_at + lease,
            runs=[seen[run] for run in held[row.pk] if run in seen],
            hidden_runs=sum(run not in seen for run in held[row.pk]),
            revisions=[item for digest in reversed(row.revisions) for item in revisions.get(digest, [])],
        )
        for row in rows
    ]
    return sorted(found, key=lambda worker: not worker.is_alive)


def _held_by(workers_: list[UUID]) -> dict[UUID | None, list[UUID]]:
    held: dict[UUID | None, list[UUID]] = defaultdict(list)
    active = JobResult.objects.filter(worker__in=workers_, status__in=statuses.ACTIVE).order_by("claimed_at")
    for worker, run in active.values_list("worker", "pk"):
        held[worker].append(run)
    return held


def _revisions(digests: Iterable[str]) -> dict[str, list[Revision]]:
    found: dict[str, list[Revision]] = defaultdict(list)
    for revision in Revision.objects.filter(snapshot_digest__in=list(digests)).select_related("source"):
        found[revision.snapshot_digest].append(revision)
    return found
