"""The worker's side of its leases, in the thread of its heartbeat."""

from __future__ import annotations

import time
from uuid import UUID

from jobyard_server.worker.claims import renew_leases
from jobyard_server.worker.inbox import Inbox, Renewal


def beat_for(worker: UUID, inbox: Inbox) -> None:
    """Renew the leases of what the loop holds; tell it which ones held, and who wants to cancel what."""
    sent_at = time.monotonic()  # before the look at what is held: the loop holds a run before it starts it
    renewed = renew_leases(worker, inbox.held)
    inbox.renewed(Renewal(sent_at=sent_at, fences={item.run_id: item.fence for item in renewed}))
    for item in renewed:
        if item.cancel_requested:
            inbox.cancel(item.run_id, item.cancel_requested_by)
