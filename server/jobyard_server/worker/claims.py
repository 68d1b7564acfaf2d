"""
Claim, lease and fence: each a conditional UPDATE by the database's clock, whose row count is the answer.

Source: docs/adr/0003
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now

from jobyard import statuses
from jobyard_server.runs.models import JobResult

_CLAIM = """
UPDATE extras_jobresult
   SET fence = fence + 1, worker = %(worker)s, claimed_at = clock_timestamp(),
       heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE id = (
       SELECT id FROM extras_jobresult
        WHERE status = 'pending' AND worker IS NULL AND NOT cancel_requested
          AND source_model_id IS NULL AND task_queue = ANY(%(queues)s)
        ORDER BY created LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, fence
"""
_RENEW = """
UPDATE extras_jobresult
   SET heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE worker = %(worker)s AND status IN ('pending', 'running')
RETURNING id, fence, cancel_requested, cancel_requested_by
"""
_RELATED = ("job_model__module__source", "revision", "user")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A run that this worker holds."""

    result: JobResult
    fence: int  #: Every later write of the holder asks for it.


@dataclass(frozen=True, kw_only=True)
class Renewed:
    """A lease that was renewed, and whether somebody asked to cancel the run meanwhile."""

    run_id: UUID
    fence: int
    cancel_requested: bool
    cancel_requested_by: str


def claim_next(worker: UUID, queues: list[str]) -> Claim | None:
    """Take the oldest run that waits in one of *queues*; None when there is none."""
    arguments = {"worker": worker, "queues": queues, "lease": settings.JOBYARD["LEASE_SECONDS"]}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, arguments)
        row = cursor.fetchone()
    if row is None:
        return None
    return Claim(result=JobResult.objects.select_related(*_RELATED).get(pk=row[0]), fence=row[1])


def renew_leases(worker: UUID) -> list[Renewed]:
    """Renew the lease of every active run of *worker*."""
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, {"worker": worker, "lease": settings.JOBYARD["LEASE_SECONDS"]})
        return [
            Renewed(run_id=row[0], fence=row[1], cancel_requested=row[2], cancel_requested_by=row[3])
            for row in cursor.fetchall()
        ]


def write_if_ours(result: JobResult, fence: int, **values: Any) -> bool:
    """Write *values* to an active run; False when the run is not ours any more."""
    held = JobResult.objects.filter(pk=result.pk, fence=fence, status__in=statuses.ACTIVE)
    return held.update(**values) == 1


def start_if_ours(claim: Claim) -> bool:
    """
    Say that author code runs now.

    Not worth waiting for the disk: a start that is lost with the database is one that never showed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        return write_if_ours(claim.result, claim.fence, status=statuses.RUNNING, started=Now())


def give_back(claim: Claim) -> None:
    """No author code ran: the run waits again, for any worker."""
    write_if_ours(claim.result, claim.fence, worker=None, claimed_at=None, lease_until=None)
