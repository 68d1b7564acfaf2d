"""A table that somebody pasted or sent as a file: its columns, and its rows one by one."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import models

from jobyard_server.api.inventory.fields import generic_relations_of
from jobyard_server.ui.inventory.editable import Said, told_in_tables
from jobyard_server.ui.inventory.export import from_cell

DELIMITERS: Final = ",;\t"
FIRST_ROW: Final = 2  #: As programs for tables count: the head is row 1.
ID: Final = "id"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why the table was not imported."""

    row: int  #: As programs for tables count.
    column: str  #: As its head is written; empty for the row as a whole.
    message: str


class SheetError(ValueError):
    """The table cannot be read; nothing in it was looked at."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, kw_only=True)
class Head:
    """A column: the field that it fills, and how it tells the row that the field refers to."""

    text: str
    said: Said | None  #: None for the column ``id`` and for rows of any kind.
    name: str
    path: tuple[str, ...] = ()  #: ``site.region.name`` has ``region``, ``name``.


def read_heads(model: type[models.Model], texts: list[str]) -> list[Head]:
    """
    The columns of a table.

    Raises:
        SheetError: One is no field of *model*, or there twice.
    """
    said = {item.name: item for item in told_in_tables(model)}
    generic = {relation.name for relation in generic_relations_of(model)}
    heads: list[Head] = []
    for text in texts:
        name, *path = text.split(".")
        is_known = (name == ID and not path) or (name in said and (not path or _refers(said[name])))
        if not is_known and not (name in generic and path):
            raise SheetError(Problem(row=1, column=text, message=_unknown(text, said)))
        if text in {head.text for head in heads}:
            raise SheetError(Problem(row=1, column=text, message="This column is there twice."))
        heads.append(Head(text=text, said=said.get(name), name=name, path=tuple(path)))
    return heads


def _refers(item: Said) -> bool:
    return not item.is_custom and bool(item.field.is_relation) and not item.field.many_to_many


def _unknown(text: str, said: dict[str, Said]) -> str:
    if not text:
        return "A column has no name."
    return f"There is no column “{text[:60]}”. There are: {', '.join([ID, *said])}."


def read_rows(text: str) -> Iterator[list[str]]:
    """
    The head and the rows, as texts; empty lines are left out by giving an empty list for them.

    Raises:
        SheetError: It is no table.
    """
    first_line = text.lstrip("\ufeff\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first_line.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):  # noqa: B007  # told when it fails
            yield [from_cell(cell) for cell in cells] if any(cell.strip() for cell in cells) else []
    except csv.Error as exc:
        raise SheetError(Problem(row=number + 1, column="", message=f"This is no CSV: {exc}.")) from exc


def texts_of(heads: list[Head], cells: list[str]) -> dict[str, str]:
    """The cells of the columns that stand for a field as a whole."""
    pairs = zip(heads, cells, strict=True)
    return {head.name: cell for head, cell in pairs if head.said is not None and not head.path}


def references_of(heads: list[Head], cells: list[str]) -> dict[str, Any]:
    """What columns with dots tell of the rows that fields refer to: ``{"site": {"name": "Oslo"}}``."""
    told: dict[str, Any] = {}
    for head, cell in zip(heads, cells, strict=True):
        if not head.path or not cell.strip():
            continue
        inner = told.setdefault(head.name, {})
        for part in head.path[:-1]:
            inner = inner.setdefault(part, {}) if isinstance(inner, dict) else {}
        inner[head.path[-1]] = cell.strip()
    return told
