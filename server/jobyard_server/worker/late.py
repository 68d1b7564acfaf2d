"""What a run tells after its worker was given up: it changes nothing, and is not forgotten either."""

from __future__ import annotations

import logging

from jobyard_server.access.audit import CAME_TOO_LATE, record
from jobyard_server.runs.models import JobResult
from jobyard_server.worker.claims import Claim
from jobyard_server.worker.endings import Ending

log = logging.getLogger(__name__)


def note_late_end(claim: Claim, ending: Ending) -> None:
    """
    Keep in the audit log how a run would have ended, whose end was decided by somebody else.

    Nothing is late when the row has our end already: the answer to its COMMIT was lost.
    """
    key = claim.result.pk
    now = JobResult.objects.filter(pk=key).values("fence", "status").first()
    if now is not None and now["fence"] == claim.fence:
        return
    log.warning("a result came too late", extra={"action": "late", "run": str(key)})
    record(
        CAME_TOO_LATE,
        target=claim.result,
        status=ending.status,
        reason=ending.reason,
        data_committed=ending.data_committed,
        executed_by=claim.result.executed_by,
    )
