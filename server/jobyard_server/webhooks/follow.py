"""How far a call has come: waiting, syncing, visible."""

from __future__ import annotations

from jobyard import statuses
from jobyard_server.webhooks.models import IGNORED, WebhookDelivery

WAITING, SYNCING, VISIBLE, ERRORED = "waiting", "syncing", "visible", "errored"
#: A failed sync published all but the modules that do not load.
_PUBLISHED = {statuses.COMPLETED, statuses.FAILED}


def state_of(delivery: WebhookDelivery) -> str:
    """Needs ``result``. Visible means: the next run anywhere executes what was pushed."""
    if delivery.outcome == IGNORED:
        return IGNORED
    if delivery.result is None:
        return WAITING if delivery.is_open else ERRORED
    if delivery.result.status == statuses.PENDING:
        return WAITING
    if delivery.result.status == statuses.RUNNING:
        return SYNCING
    return VISIBLE if delivery.result.status in _PUBLISHED else ERRORED
