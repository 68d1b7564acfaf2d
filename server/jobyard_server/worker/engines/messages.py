"""
What is sent: ``{"v": 1, "run": "<uuid>"}`` and nothing else.

Whoever may write to the broker may have written a message. Nothing in it is imported, called or shown.
"""

from __future__ import annotations

import hashlib
import logging
from typing import Any
from uuid import UUID

from jobyard_server.worker.engines.base import OnMessage

VERSION = 1
TASK = "jobyard.wake_up"  #: Its name where a broker's messages name something to call.
_LONGEST_NAME = 40  #: PostgreSQL's channels have 63 bytes, of which the broker's library takes some.

log = logging.getLogger(__name__)


def content_for(run_id: UUID) -> dict[str, Any]:
    return {"v": VERSION, "run": str(run_id)}


def pass_on(content: object, on_message: OnMessage) -> None:
    """Wake up for *content* if it is one of our messages; anything else is dropped and logged."""
    run_id = _run_of(content)
    if run_id is None:
        log.warning("a message of the broker makes no sense and is dropped", extra={"action": "drop_message"})
    else:
        on_message(run_id)


def broker_queue(prefix: str, queue: str) -> str:
    """What *queue* is called at the broker, where other programs may have queues too."""
    name = f"{prefix}.{queue}"
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{name[: _LONGEST_NAME - len(digest) - 1]}-{digest}"


def _run_of(content: object) -> UUID | None:
    if not isinstance(content, dict) or set(content) != {"v", "run"} or content["v"] != VERSION:
        return None
    try:
        return UUID(content["run"])
    except (ValueError, TypeError, AttributeError):
        return None
