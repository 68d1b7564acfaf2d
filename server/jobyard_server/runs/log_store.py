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


def store_rows(rows: Iterable[StoredRow]) -> None:
    """Part of the transaction around it."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row((uuid.uuid4(), *row))
