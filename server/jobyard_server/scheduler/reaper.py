"""Ends the runs whose worker is gone, so that no run says "running" for ever."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from jobyard.events import COUNTED_LEVELS, FAILURE
from jobyard_server.runs.components import dead_here
from jobyard_server.runs.input_files import delete_files
from jobyard_server.runs.kept_inputs import kept_inputs
from jobyard_server.runs.log_store import StoredRow, store_rows
from jobyard_server.runs.models import Component, JobResult

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
        """End what is lost; the runs that were ended."""
        gone = dead_here()
        if gone:
            self._expire(gone)
        if not gone and time.monotonic() < self._trusts_leases_from:
            return []
        with transaction.atomic():
            ended = _end_lost_runs()
        Component.objects.filter(pk__in=[item.pk for item in gone]).delete()
        return ended

    def _expire(self, gone: list[Component]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_EXPIRE, [[item.pk for item in gone]])


def _end_lost_runs() -> list[JobResult]:
    lease = settings.JOBYARD["LEASE_SECONDS"]
    with connection.cursor() as cursor:
        cursor.execute(_REAP, [LOST_LOCAL_SECONDS, lease, BATCH])
        keys = [row[0] for row in cursor.fetchall()]
    ended = list(JobResult.objects.filter(pk__in=keys).select_related("job_model"))
    for result in ended:
        _explain(result)
        log.warning("a run was lost with its worker", extra={"action": "reap", "run": str(result.pk)})
    return ended


def _explain(result: JobResult) -> None:
    seen = result.heartbeat_at.isoformat(timespec="seconds") if result.heartbeat_at else "never"
    last = result.logs.order_by("-sequence").values_list("grouping", flat=True).first()
    grouping = last or ("run" if result.started else "initialization")
    _add_row(result, grouping, f"The worker was lost; last sign of life {seen}.")
    result.counters = _counted(result.counters, grouping)
    result.inputs = kept_inputs(result)
    result.save(update_fields=["counters", "inputs"])
    delete_files(result)


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
