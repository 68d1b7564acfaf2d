"""Runs that nobody was there to hear refused: they are stored as ended, with the reason in their log."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from jobyard import statuses
from jobyard.events import COUNTED_LEVELS, FAILURE
from jobyard_server.runs.checks import RunRequest
from jobyard_server.runs.models import JobLogEntry, JobResult
from jobyard_server.runs.submit import new_result

GROUP = "initialization"


def record_not_started(asked: RunRequest, sentence: str) -> JobResult:
    """The run of *asked* as it ended before it began: ``errored``, reason ``initialization``."""
    now = timezone.now()
    counts = {**dict.fromkeys(COUNTED_LEVELS, 0), FAILURE: 1}
    result = new_result(
        asked,
        asked.job.spec,
        status=statuses.ERRORED,
        status_reason=statuses.INITIALIZATION,
        completed=now,
        commit=bool(asked.commit),
        data_committed=False,
        task_queue=str(asked.task_queue),
        counters=[{"grouping": GROUP, "rows": 1, **counts}],
    )
    with transaction.atomic():
        result.save(force_insert=True)
        JobLogEntry.objects.create(
            job_result=result, sequence=1, created=now, grouping=GROUP, log_level=FAILURE, message=sentence
        )
    return result
