"""Tells those who watch a run that something about it has changed; says what with no word."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

CHANNEL = "jobyard_runs"  #: NOTIFY channel; the payload is the run's id.


def announce_change(result_id: UUID) -> None:
    """Heard when the transaction around it commits; equal words of one transaction become one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(result_id)])
