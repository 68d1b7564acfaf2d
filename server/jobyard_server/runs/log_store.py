"""Writes log rows in batches, by COPY."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import connection

_COPY = """
COPY extras_joblogentry
  (id, job_result_id, sequence, created, grouping, log_level, log_object, absolute_url, message) FROM STDIN
"""

_SEQUENCE_PART = (1 << 48) - 1
_RUN_PART = ((1 << 128) - 1) ^ _SEQUENCE_PART ^ (0xF << 76)
_VERSION_8 = 8 << 76  #: RFC 9562: an application's own arrangement of the bits.


class StoredRow(NamedTuple):
    """A log row, checked and redacted, with its place in the order of its run; fields as in the COPY."""

    result_id: uuid.UUID
    sequence: int
    created: datetime
    grouping: str
    level: str
    object_text: str | None
    object_url: str | None
    message: str


def row_id(result_id: uuid.UUID, sequence: int) -> uuid.UUID:
    """
    The id of a row: the beginning of its run's id, then its place in the log.

    Ids of a run follow each other, so that a million rows append to their index instead of spraying it.
    """
    return uuid.UUID(int=(result_id.int & _RUN_PART) | _VERSION_8 | (sequence & _SEQUENCE_PART))


def store_rows(rows: Iterable[StoredRow]) -> None:
    """Part of the transaction around it."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row((row_id(row.result_id, row.sequence), *row))
