"""
A log as a file: text, CSV or one JSON object per line.

Made and sent a batch of rows at a time, so that a million rows take no more memory than a thousand.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Final

from django.db.models import QuerySet

from jobyard_server.runs.models import JobLogEntry

BATCH: Final = 2000
COLUMNS: Final = ("sequence", "created", "grouping", "log_level", "log_object", "absolute_url", "message")

#: Programs for tables take a cell that begins so for a formula; an apostrophe says that it is text.
FORMULA_STARTS: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def batches(rows: QuerySet[JobLogEntry]) -> Iterator[list[JobLogEntry]]:
    """All *rows* in the order of the calls; each batch is a query of its own."""
    last = -1
    while found := list(rows.filter(sequence__gt=last).order_by("sequence")[:BATCH]):
        yield found
        last = found[-1].sequence


def as_text(rows: QuerySet[JobLogEntry]) -> Iterator[bytes]:
    """A line for each row; further lines of its message are indented."""
    for found in batches(rows):
        yield "".join(_line(row) for row in found).encode()


def as_csv(rows: QuerySet[JobLogEntry]) -> Iterator[bytes]:
    yield _csv([COLUMNS])
    for found in batches(rows):
        yield _csv([_cells(row) for row in found])


def as_ndjson(rows: QuerySet[JobLogEntry]) -> Iterator[bytes]:
    for found in batches(rows):
        yield "".join(json.dumps(described(row), ensure_ascii=False) + "\n" for row in found).encode()


def described(row: JobLogEntry) -> dict[str, object]:
    return {
        "id": str(row.pk),
        "sequence": row.sequence,
        "created": row.created.isoformat(),
        "grouping": row.grouping,
        "log_level": row.log_level,
        "log_object": row.log_object,
        "absolute_url": row.absolute_url,
        "message": row.message,
    }


def harmless(cell: str) -> str:
    """*cell* as no program for tables takes it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


#: By the ending of the file: how it is made, and its media type.
FORMATS: Final[dict[str, tuple[Callable[[QuerySet[JobLogEntry]], Iterator[bytes]], str]]] = {
    "txt": (as_text, "text/plain; charset=utf-8"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "ndjson": (as_ndjson, "application/x-ndjson"),
}


def _line(row: JobLogEntry) -> str:
    subject = f" {row.log_object}:" if row.log_object else ""
    message = row.message.replace("\n", "\n    ")
    return f"{row.created.isoformat()} {row.log_level:7} {row.grouping}:{subject} {message}\n"


def _cells(row: JobLogEntry) -> list[object]:
    texts = (row.grouping, row.log_level, row.log_object or "", row.absolute_url or "", row.message)
    return [row.sequence, row.created.isoformat(), *(harmless(text) for text in texts)]


def _csv(rows: object) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)  # type: ignore[arg-type]  # rows of cells
    return text.getvalue().encode()
