"""What follows from the end of a sync: when to look again, and what the forge is told."""

from __future__ import annotations

import logging

from django.db import Error

from jobyard import statuses
from jobyard_server.registry.commit_statuses import report_sync
from jobyard_server.registry.watches import note_sync
from jobyard_server.runs.models import JobResult

logger = logging.getLogger(__name__)


def look_after(result: JobResult) -> None:
    """Never raises for what it cannot do: the sync itself has ended, and polling goes on."""
    source = result.source_model
    if source is None or source.git_repository_id is None:
        return
    try:
        could_read = result.status in {statuses.COMPLETED, statuses.FAILED}
        note_sync(source.git_repository_id, could_read=could_read)
        report_sync(result)
    except Error:
        logger.warning("the end of a sync was not noted", extra={"action": "sync", "source": source.key})
