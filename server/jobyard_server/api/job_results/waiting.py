"""
``?wait=30``: the answer comes when the run has ended, or after that many seconds.

A caller that waits holds a thread but, between two looks, no connection of the database.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import connection
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from jobyard_server.live.hub import hub
from jobyard_server.runs.models import JobResult

MOST_SECONDS: Final = 60
MOST_WAITING: Final = 64  #: Callers of this process; those beyond are answered at once and may ask again.
DEAF_SECONDS = 0.25  #: Between looks while no word of a change can be heard.
LOOK_SECONDS = 5.0  #: Between looks otherwise: a word may get lost.
WAIT: Final = OpenApiParameter(
    "wait", OpenApiTypes.INT, description=f"Seconds to wait for the end, at most {MOST_SECONDS}."
)

_places = threading.BoundedSemaphore(MOST_WAITING)


def asked_wait(request: Request) -> int:
    """
    Seconds that *request* wants to wait.

    Raises:
        ValidationError: That is no number, or too long.
    """
    text = request.query_params.get("wait", "0")
    if not (text.isascii() and text.isdigit()) or len(text) > 3 or int(text) > MOST_SECONDS:  # noqa: PLR2004  # digits
        raise ValidationError({"wait": [f"Use a whole number of seconds from 0 to {MOST_SECONDS}."]})
    return int(text)


def wait_for_end(result: UUID, look: Callable[[], JobResult], seconds: int) -> JobResult:
    """What *look* finds, the one with the key *result*, when it is at its end or after *seconds*."""
    row = look()
    if row.is_terminal or not seconds or not _places.acquire(blocking=False):
        return row
    try:
        with hub.watching_from_thread(result) as changed:
            return _wait(look, changed, time.monotonic() + seconds)
    finally:
        _places.release()


def _wait(look: Callable[[], JobResult], changed: threading.Event, end: float) -> JobResult:
    while not (row := look()).is_terminal and (left := end - time.monotonic()) > 0:
        if not connection.in_atomic_block:
            connection.close()  # back to the pool
        changed.wait(min(left, LOOK_SECONDS if hub.hears else DEAF_SECONDS))
        changed.clear()
    return row
