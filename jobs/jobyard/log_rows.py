"""From a call of a logging method to a row: text of the object, its address, time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from jobyard.errors import SoftTimeLimitExceeded

MAX_OBJECT_TEXT = 200
MAX_URL = 255
MAX_GROUP = 100


def text_of(message: Any) -> str:
    """``str(message)``, also where that raises."""
    try:
        return str(message)
    except SoftTimeLimitExceeded:  # raised by a signal, not by the text
        raise
    except Exception:  # noqa: BLE001  # author code; a row must never break the job
        return type(message).__name__


def object_text(obj: Any) -> str | None:
    return None if obj is None else text_of(obj)[:MAX_OBJECT_TEXT]


def object_url(obj: Any) -> str | None:
    """The address of *obj* if it knows one that fits."""
    if obj is None:
        return None
    try:
        url = obj.get_absolute_url()
    except SoftTimeLimitExceeded:
        raise
    except Exception:  # noqa: BLE001  # no such method, or one that fails: then no address
        return None
    return str(url) if isinstance(url, str) and len(url) <= MAX_URL else None


def iso_time(created: float) -> str:
    return datetime.fromtimestamp(created, UTC).isoformat(timespec="microseconds")
