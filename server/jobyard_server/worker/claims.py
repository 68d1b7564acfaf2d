"""
Claim, lease and fence: each a conditional UPDATE by the database's clock, whose row count is the answer.

Source: docs/adr/0003
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from jobyard import statuses
from jobyard_server.runs.changes_of_runs import announce_change
from jobyard_server.runs.models import JobResult
from jobyard_server.worker.claim_statements import CLAIM, CLAIM_RESTRICTED, START

_ONE_AT_A_TIME = 0x6C6F636B  #: Advisory lock of claims that have to look at what others hold.
_RENEW = """
UPDATE extras_jobresult
   SET heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + %(lease)s * interval '1 second'
 WHERE id = ANY(%(held)s) AND worker = %(worker)s AND status IN ('pending', 'running')
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


def claim_next(worker: UUID, queues: list[str], *, without: Sequence[UUID] = ()) -> Claim | None:
    """
    Take the oldest run of the first of *queues* in which one waits; None when there is none.

    Args:
        worker: Who takes it.
        queues: In the order of their urgency.
        without: Revisions that this worker cannot execute now.
    """
    lease: float = settings.JOBYARD["LEASE_SECONDS"]
    arguments: dict[str, Any] = {
        "worker": worker,
        "queues": queues,
        "lease": lease,
        "without": list(without),
        "executed_by": json.dumps({"worker": str(worker), **_this_process()}),
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, arguments)
        row = cursor.fetchone()
    if row is not None and row[1] is None:
        row = _claim_restricted({**arguments, "run": row[0]})
    if row is None:
        return None
    return Claim(result=claimed_runs().get(pk=row[0]), fence=row[1])


def claimed_runs() -> QuerySet[JobResult]:
    """With all that is asked of a run while it is held."""
    return JobResult.objects.select_related(*_RELATED)


def _this_process() -> dict[str, Any]:
    """Kept with the run: the worker's own row is gone when somebody asks later."""
    return {"host": socket.gethostname(), "pid": os.getpid(), "version": _version()}


@cache
def _version() -> str:
    return version("jobyard")


def _claim_restricted(arguments: dict[str, Any]) -> tuple[Any, ...] | None:
    """
    What others hold may have changed since it was looked at; one claim after the other makes sure.

    All locks of a run are taken here at once or not at all, so no two runs can wait for each other.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
        cursor.execute(CLAIM_RESTRICTED, arguments)
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def renew_leases(worker: UUID, held: Iterable[UUID]) -> list[Renewed]:
    """
    Renew the leases of the active ones of the runs that *worker* holds.

    Not of all that its name is on: a run whose claim was answered to a connection that had broken would
    never end.
    """
    keys = list(held)
    if not keys:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, {"worker": worker, "held": keys, "lease": settings.JOBYARD["LEASE_SECONDS"]})
        return [
            Renewed(run_id=row[0], fence=row[1], cancel_requested=row[2], cancel_requested_by=row[3])
            for row in cursor.fetchall()
        ]


def write_if_ours(result: JobResult, fence: int, **values: Any) -> bool:
    """Write *values* to an active run; False when the run is not ours any more."""
    held = JobResult.objects.filter(pk=result.pk, fence=fence, status__in=statuses.ACTIVE)
    return held.update(**values) == 1


def start_if_ours(claim: Claim, sandbox: dict[str, Any]) -> bool:
    """
    Say that author code runs now, in one statement.

    Not worth waiting for the disk: a start that is lost with the database is one that never showed.
    """
    with connection.cursor() as cursor:
        cursor.execute(START, [json.dumps(sandbox), claim.result.pk, claim.fence])
        is_ours = bool(cursor.rowcount)
        if is_ours:
            announce_change(claim.result.pk)
        return is_ours


def give_back(claim: Claim, **values: Any) -> None:
    """No author's run() was called: the run waits again, for any worker."""
    free: dict[str, Any] = {"worker": None, "claimed_at": None, "lease_until": None, "executed_by": {}}
    write_if_ours(claim.result, claim.fence, **free, **values)
