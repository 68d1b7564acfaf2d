"""One run in a worker of its own, for `jobyard runjob --local`."""

from __future__ import annotations

from uuid import UUID

from jobyard_server.lifecycle import Stop
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.queues import local_queue
from jobyard_server.worker.main import serve


def run_here(result_id: UUID) -> None:
    """Execute the run *result_id*, which was accepted as a local one; returns when it has ended."""
    result = JobResult.objects.get(pk=result_id)

    def has_ended() -> bool:
        result.refresh_from_db(fields=["status"])
        return result.is_terminal

    with Stop() as stop:
        serve([local_queue(result)], slots=1, stop=lambda: stop.is_set() or has_ended())
