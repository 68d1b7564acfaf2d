"""
Doing a lost run again, for jobs that say it does no harm (``Meta.idempotent``, ``Meta.max_retries``).

A run has one attempt, ever; another attempt is another run, which says of which one. It is accepted in the
transaction that ends the one before it, while its inputs are still there.
"""

from __future__ import annotations

from functools import partial

from django.db import transaction

from jobyard import statuses
from jobyard_server.runs.models import InputFile, JobResult
from jobyard_server.runs.queues import is_local_queue
from jobyard_server.runs.wake_up import wake_up

#: How a run must have ended. What a person or a limit has stopped would be stopped again.
REASONS = (statuses.EXCEPTION, statuses.PROCESS_DIED, statuses.WORKER_LOST)
_COPIED = (
    "name", "obj_type_id", "job_model_id", "user_id", "commit", "soft_time_limit", "time_limit", "inputs",
    "request", "has_sensitive_variables", "revision_id", "origin", "run_limit", "locks", "max_retries",
    "job_hook",
)  # fmt: skip


def retry(ended: JobResult, reason: str | None, *, data_committed: bool) -> JobResult | None:
    """
    Accept the next attempt, if there is one.

    Args:
        ended: With its inputs; its row is about to be written by the same transaction.
        reason: Why it ended.
        data_committed: Then its work is done, whatever came afterwards.
    """
    if reason not in REASONS or ended.attempt > ended.max_retries or data_committed:
        return None
    if is_local_queue(ended.task_queue):
        return None  # the process that it was started by is the only one that could take it
    again = JobResult(
        attempt=ended.attempt + 1,
        retry_of_id=ended.pk,
        task_queue=ended.task_queue,
        **{name: getattr(ended, name) for name in _COPIED},
    )
    again.save(force_insert=True)
    InputFile.objects.filter(job_result=ended).update(job_result=again)
    transaction.on_commit(partial(wake_up, again))
    return again
