"""Hears of cancel requests at once, instead of at the next heartbeat."""

from __future__ import annotations

from uuid import UUID

from jobyard_server.runs.cancel import CHANNEL
from jobyard_server.runs.models import JobResult
from jobyard_server.worker.inbox import Inbox
from jobyard_server.worker.notice_listener import Hearer


class CancelNotices(Hearer):
    """While it has no connection, the heartbeat covers for it."""

    channel = CHANNEL

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def hear(self, payload: str) -> None:
        run_id = UUID(payload)
        asked = JobResult.objects.filter(pk=run_id, cancel_requested=True)  # anybody may send a notice
        user = asked.values_list("cancel_requested_by", flat=True).first()
        if user is not None:
            self._inbox.cancel(run_id, user)
