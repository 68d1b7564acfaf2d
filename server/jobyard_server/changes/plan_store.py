"""Keeps the changes that a run reports before its transaction is rolled back. Runs in the worker."""

from __future__ import annotations

import logging
import uuid

import psycopg
from django.db import connection, transaction

_COPY = """
COPY extras_plannedchange
  (job_result_id, sequence, time, action,
   changed_object_type_id, changed_object_id, object_repr, before, after, in_post_run)
  FROM STDIN
"""

log = logging.getLogger(__name__)


def store_planned(result_id: uuid.UUID, lines: list[str]) -> None:
    """
    Part of the transaction around it. The lines come from a child, so author code may have written them.

    The first column is ours: a line can neither name another run nor hold a second line. One that the
    database refuses takes its batch with it.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for line in lines:
                if "\n" not in line and "\r" not in line:
                    copy.write(f"{result_id}\t{line}\n")
    except (psycopg.DataError, psycopg.IntegrityError):
        log.warning("a run reported changes that are none", extra={"run": str(result_id)})
