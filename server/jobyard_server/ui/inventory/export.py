"""Rows as CSV, in the form that an import takes: what was exported can be changed and imported again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Model, QuerySet

from jobyard_server.api.inventory.fields import is_kind, shown_with
from jobyard_server.runs.log_export import FORMULA_STARTS
from jobyard_server.ui.inventory.editable import Said, told_in_tables
from jobyard_server.ui.inventory.texts import Text, text_of

CONTENT_TYPE: Final = "text/csv; charset=utf-8"
AT_ONCE: Final = 1000  #: Rows that are in memory together.


def csv_lines(model: type[Model], rows: QuerySet[Any]) -> Iterator[str]:
    """The head and one line for each of *rows*, id first. Cost: a few queries for each AT_ONCE rows."""
    said = told_in_tables(model)
    yield _line(["id", *(item.name for item in said)])
    found = rows.prefetch_related(*_relations(said))
    for row in found.iterator(chunk_size=AT_ONCE):
        yield _line([str(row.pk), *(cell_text(text_of(item, row)) for item in said)])


def template_line(model: type[Model]) -> str:
    """The head alone, to begin with."""
    return _line([item.name for item in told_in_tables(model)])


def _relations(said: tuple[Said, ...]) -> list[str]:
    fields = [item.field for item in said if not item.is_custom and item.field.is_relation]
    names = [field.name for field in fields if not is_kind(field) or field.many_to_many]
    deeper = [
        f"{field.name}__{name}"
        for field in fields
        if not is_kind(field)
        for name in shown_with(field.related_model)
    ]
    return [*names, *deeper]


def cell_text(text: Text) -> str:
    """A value as a cell."""
    if isinstance(text, bool):
        return str(text).lower()
    single = text if isinstance(text, str) else ",".join(text)
    return f"'{single}" if single.startswith(FORMULA_STARTS) and not _is_number(single) else single


def from_cell(cell: str) -> str:
    """The text of a cell, without the apostrophe that an export put before it."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _line(cells: list[str]) -> str:
    held = io.StringIO()
    csv.writer(held, lineterminator="\r\n").writerow(cells)
    return held.getvalue()
