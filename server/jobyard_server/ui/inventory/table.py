"""Rows as the body of a table: in lists, and in the tabs of the row that they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from jobyard_server.ui.inventory.addresses import row_url
from jobyard_server.ui.inventory.cells import Cell, cell_of
from jobyard_server.ui.inventory.columns import Column

_TICK = (
    '<td class="jy-tick"><input class="form-check-input" type="checkbox" name="pk" value="{}"'
    ' aria-label="Select {}"></td>'
)
_FIRST = '<tr>{}<th scope="row"><a href="{}">{}</a></th>'
_CELL = '<td data-label="{}">{}</td>'


def table_body(
    model: type[Model], rows: Iterable[Any], columns: Iterable[Column], *, selectable: bool
) -> SafeString:
    """The lines of a table: a box to tick if they are *selectable*, the row itself, and its *columns*."""
    cells = [(column.label, cell_of(model, column.name)) for column in columns]
    lines = "".join(_lines(rows, cells, selectable=selectable))
    return mark_safe(lines)  # noqa: S308  # each piece is made by format_html


def _lines(rows: Iterable[Any], cells: list[tuple[str, Cell]], *, selectable: bool) -> Iterator[str]:
    for row in rows:
        text = str(row)
        tick = format_html(_TICK, row.pk, text) if selectable else ""
        yield format_html(_FIRST, tick, row_url(row), text)
        for label, cell in cells:
            yield format_html(_CELL, label, cell(row))
        yield "</tr>"
