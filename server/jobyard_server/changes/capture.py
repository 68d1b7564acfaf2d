"""Reads what the transaction of a run has changed, just before it is rolled back. Runs in the child."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from psycopg.pq import TransactionStatus

_COPY = """
COPY (
    SELECT id, time, action, changed_object_type_id, changed_object_id, object_repr, before, after, %s
      FROM extras_objectchange WHERE run_id = %s AND id > %s ORDER BY id
) TO STDOUT
"""
_LAST = "SELECT coalesce(max(id), 0) FROM extras_objectchange WHERE run_id = %s"
BATCH_ROWS = 1000
BATCH_BYTES = 1024 * 1024
ROW_MAX_BYTES = 4 * 1024 * 1024  #: A larger row is left out: it would not fit into a frame.


def captured(run_id: str, *, after: int, in_post_run: bool) -> Iterator[list[str]]:
    """
    The changes of the run behind number *after*, in batches of lines that COPY understands.

    Nothing if the database has aborted the transaction: then it does not tell any more. Goes past Django,
    which refuses to read from a transaction that it means to roll back.
    """
    raw: Any = connection.connection
    if raw is None or raw.closed or raw.info.transaction_status != TransactionStatus.INTRANS:
        return
    batch: list[str] = []
    size = 0
    with raw.cursor() as cursor, cursor.copy(_COPY, [in_post_run, run_id, after]) as copy:
        for row in copy:
            if len(row) > ROW_MAX_BYTES:
                continue
            batch.append(bytes(row).decode().rstrip("\n"))
            size += len(row)
            if len(batch) >= BATCH_ROWS or size >= BATCH_BYTES:
                yield batch
                batch, size = [], 0
    if batch:
        yield batch


def last_number(run_id: str) -> int:
    """Number of the newest change of the run that is visible now; 0 if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [run_id])
        (found,) = cursor.fetchone()
    return int(found)
