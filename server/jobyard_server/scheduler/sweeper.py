"""Announces runs again that no worker took: a message may have been lost."""

from __future__ import annotations

from django.conf import settings
from django.db import connection, transaction

from jobyard_server.runs.models import JobResult
from jobyard_server.runs.wake_up import wake_up_again

BATCH = 500
LONGEST_SECONDS = 60

_WAITING = """
SELECT id FROM extras_jobresult
 WHERE status = 'pending' AND worker IS NULL AND source_model_id IS NULL AND task_queue NOT LIKE 'local-%%'
   AND coalesce(last_sent_at, created)
       < clock_timestamp() - least(%s * power(2, least(times_sent, 10)), %s) * interval '1 second'
 ORDER BY created LIMIT %s FOR UPDATE SKIP LOCKED
"""


def sweep() -> list[JobResult]:
    """Send once more for what waits longer than SWEEP_SECONDS, then twice as long, up to a minute."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WAITING, [settings.JOBYARD["SWEEP_SECONDS"], LONGEST_SECONDS, BATCH])
        waiting = list(JobResult.objects.filter(pk__in=[row[0] for row in cursor.fetchall()]))
        wake_up_again(waiting)
    return waiting
