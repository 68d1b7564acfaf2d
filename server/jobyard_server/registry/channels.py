"""NOTIFY: tells listeners to look again. A payload is a hint; the tables hold the truth."""

from __future__ import annotations

from django.db import connection

SYNC = "jobyard_sync"  #: A sync was requested; payload: key of the source.
REGISTRY = "jobyard_registry"  #: Other jobs or revisions are in service now; payload: key of the source.


def notify(channel: str, payload: str) -> None:
    """Delivered when the transaction around it commits, or at once outside of one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, payload])
