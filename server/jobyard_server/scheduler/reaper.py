"""Ends the runs whose worker is gone, so that no run says "running" for ever."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Max
from django.utils import timezone

from jobyard.events import COUNTED_LEVELS, FAILURE
from jobyard_server.runs.changes_of_runs import announce_change
from jobyard_server.runs.components import dead_here
from jobyard_server.runs.input_files import delete_files
from jobyard_server.runs.kept_inputs import kept_inputs
from jobyard_server.runs.log_store import StoredRow, store_rows
from jobyard_server.runs.models import Component, JobResult
from jobyard_server.runs.retry import retry
from jobyard_server.runs.wake_up import wake_up_next
from jobyard_server.worker.spool import deliver

BATCH = 100
LOST_LOCAL_SECONDS = 120  #: A run of `runjob --local` whose process never took it.

_EXPIRE = """
UPDATE extras_jobresult SET lease_until = clock_timestamp()
 WHERE worker = ANY(%s) AND status IN ('pending', 'running')
"""
_REAP = """
WITH dead AS (
    SELECT id FROM extras_jobresult
     WHERE status IN ('pending', 'running') AND source_model_id IS NULL
       AND (%s::uuid[] IS NULL OR worker = ANY(%s::uuid[]))
       AND CASE WHEN worker IS NULL
                THEN task_queue LIKE 'local-%%' AND created < clock_timestamp() - %s * interval '1 second'
                ELSE coalesce(lease_until, claimed_at + %s * interval '1 second') <= clock_timestamp() END
     ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
UPDATE extras_jobresult run
   SET status = 'errored', status_reason = 'worker_lost', fence = fence + 1, completed = clock_timestamp(),
       data_committed = coalesce(data_committed, false)
  FROM dead WHERE run.id = dead.id
RETURNING run.id
"""

log = logging.getLogger(__name__)


class Reaper:
    """
    Ends lost runs.

    Right after its own start it only trusts what it sees (a process that is gone), not leases: workers
    that were cut off together with it come back first.
    """

    def __init__(self) -> None:
        self._trusts_leases_from = time.monotonic() + settings.JOBYARD["LEASE_SECONDS"]

    def reap(self) -> list[JobResult]:
        """
        End what is lost; the runs that were ended.

        Raises:
            Error: The database is away, and workers come back first again.
        """
        try:
            deliver()  # what is known to have ended is not lost
            return self._reap()
        except Error:
            self._trusts_leases_from = time.monotonic() + settings.JOBYARD["LEASE_SECONDS"]
            raise

    def _reap(self) -> list[JobResult]:
        gone = dead_here()
        keys = [item.pk for item in gone]
        if gone:
            self._expire(gone)
        trusts_leases = time.monotonic() >= self._trusts_leases_from
        if not gone and not trusts_leases:
            return []
        with transaction.atomic():
            ended = _end_lost_runs(keys, all_leases=trusts_leases)
        Component.objects.filter(pk__in=keys).delete()
        return ended

    def _expire(self, gone: list[Component]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_EXPIRE, [[item.pk for item in gone]])


def _end_lost_runs(gone: list[UUID], *, all_leases: bool) -> list[JobResult]:
    """Those of the workers that are *gone*, or all whose lease is over."""
    workers = None if all_leases else gone
    lease = settings.JOBYARD["LEASE_SECONDS"]
    with connection.cursor() as cursor:
        cursor.execute(_REAP, [workers, workers, LOST_LOCAL_SECONDS, lease, BATCH])
        keys = [row[0] for row in cursor.fetchall()]
    ended = list(JobResult.objects.filter(pk__in=keys).select_related("job_model"))
    for result in ended:
        _explain(result, is_gone=result.worker in gone)
        log.warning("a run was lost with its worker", extra={"action": "reap", "run": str(result.pk)})
    return ended


def _explain(result: JobResult, *, is_gone: bool) -> None:
    seen = result.heartbeat_at.isoformat(timespec="seconds") if result.heartbeat_at else "never"
    last = result.logs.order_by("-sequence").values_list("grouping", flat=True).first()
    grouping = last or ("run" if result.started else "initialization")
    lease = "" if is_gone else f", and the lease of {settings.JOBYARD['LEASE_SECONDS']:g} seconds is over"
    _add_row(result, grouping, f"The worker was lost; last sign of life {seen}{lease}.")
    result.counters = _counted(result.counters, grouping)
    retry(result, result.status_reason, data_committed=result.data_committed is True)
    transaction.on_commit(partial(wake_up_next, result))
    result.inputs = kept_inputs(result)
    result.save(update_fields=["counters", "inputs"])
    delete_files(result)
    announce_change(result.pk)


def _add_row(result: JobResult, grouping: str, message: str) -> None:
    newest = result.logs.aggregate(newest=Max("sequence"))["newest"] or 0
    row = StoredRow(
        result_id=result.pk,
        sequence=newest + 1,
        created=timezone.now(),
        grouping=grouping,
        level=FAILURE,
        object_text=None,
        object_url=None,
        message=message,
    )
    store_rows([row])


def _counted(counters: list[dict[str, Any]], grouping: str) -> list[dict[str, Any]]:
    """*counters* with one more failure in *grouping*."""
    group = next((item for item in counters if item["grouping"] == grouping), None)
    if group is None:
        group = {"grouping": grouping, "rows": 0, **dict.fromkeys(COUNTED_LEVELS, 0)}
        counters = [*counters, group]
    group["rows"] += 1
    group[FAILURE] += 1
    return counters
