"""Many rows at once from a table: all of them or none, with every problem at its row and column."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Model
from rest_framework.exceptions import PermissionDenied, ValidationError

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.api.inventory.saving import RowSaver
from jobyard_server.ui.inventory.labels import counted, plural
from jobyard_server.ui.inventory.query import messages_of
from jobyard_server.ui.inventory.sheet import (
    FIRST_ROW,
    ID,
    Head,
    Problem,
    SheetError,
    read_heads,
    read_rows,
    references_of,
    texts_of,
)
from jobyard_server.ui.inventory.texts import TextsError, body_of

MOST_ROWS: Final = 20_000
MOST_PROBLEMS: Final = 200  #: Listed; the others are counted.


class ImportRefusedError(ValueError):
    """Nothing was imported."""

    def __init__(self, problems: list[Problem], total: int) -> None:
        super().__init__(f"{total} problems")
        self.problems = problems  #: The first MOST_PROBLEMS.
        self.total = total


@dataclass(kw_only=True)
class Imported:
    """What an import did."""

    added: int = 0
    changed: int = 0


def import_rows(model: type[Model], text: str, user: User) -> Imported:
    """
    Save the rows of the table *text*, or none.

    A row with an ``id`` changes the row that has it; the others are new. Empty cells of new rows leave
    their fields at their defaults; of rows that exist they empty the field.

    Args:
        model: Of the inventory.
        text: CSV with a head; commas, semicolons or tabs.
        user: Needs to add rows, and to change them where there are ids.

    Raises:
        ImportRefusedError: With the problems by row and column.
    """
    done, problems, total = Imported(), list[Problem](), 0
    with transaction.atomic():
        try:
            for problem in _Import(model, user, done).problems(read_rows(text)):
                total += 1
                problems += [problem] if total <= MOST_PROBLEMS else []
        except SheetError as exc:
            problems, total = [exc.problem], 1
        if total:
            transaction.set_rollback(True)
    if total:
        raise ImportRefusedError(problems, total)
    return done


class _Import:
    def __init__(self, model: type[Model], user: User, done: Imported) -> None:
        self._model, self._user, self._done = model, user, done
        self._saver = RowSaver(model, user)
        self._said = ()  # type: tuple[Any, ...]

    def problems(self, rows: Iterator[list[str]]) -> Iterator[Problem]:
        """Save the rows, and tell what is wrong with each."""
        heads = read_heads(self._model, [text.strip() for text in next(rows, [])])
        if not heads:
            raise SheetError(Problem(row=1, column="", message="The first row must name the columns."))
        self._said = tuple(head.said for head in heads if head.said is not None)
        number = FIRST_ROW - 1
        for number, cells in enumerate(rows, FIRST_ROW):
            if number - FIRST_ROW >= MOST_ROWS:
                message = f"At most {MOST_ROWS:,} rows at once; please import the rest separately."
                raise SheetError(Problem(row=number, column="", message=message))
            if cells:
                yield from self._row(number, heads, cells)
        if number < FIRST_ROW:
            raise SheetError(Problem(row=FIRST_ROW, column="", message="There is no row below the head."))

    def _row(self, number: int, heads: list[Head], cells: list[str]) -> Iterator[Problem]:
        if len(cells) != len(heads):
            message = f"The row has {len(cells)} cells, the head has {len(heads)}."
            yield Problem(row=number, column="", message=message)
            return
        try:
            self._save(heads, cells)
        except TextsError as exc:
            yield from _told(number, heads, exc.errors)
        except (ValidationError, PermissionDenied) as exc:
            yield from _told(number, heads, messages_of(exc))

    def _save(self, heads: list[Head], cells: list[str]) -> None:
        row = self._row_of(heads, cells)
        texts: dict[str, Any] = texts_of(heads, cells)
        if row is None:
            texts = {name: cell for name, cell in texts.items() if cell.strip()}
        body = body_of(self._model, self._said, texts) | references_of(heads, cells)
        self._saver.save(body, row, partial=row is not None)
        if row is None:
            self._done.added += 1
        else:
            self._done.changed += 1

    def _row_of(self, heads: list[Head], cells: list[str]) -> Any:
        """The row that is to be changed; None for a new one."""
        text = next((cell.strip() for head, cell in zip(heads, cells, strict=True) if head.name == ID), "")
        action = "change" if text else "add"
        if not may(self._user, action, self._model):
            raise ValidationError({ID: [f"You may not {action} {plural(self._model)}."]})
        if not text:
            return None
        try:
            key = uuid.UUID(text)
        except ValueError:
            raise ValidationError({ID: [f"“{text[:60]}” is not an id."]}) from None
        row = restrict(self._model._default_manager.all(), self._user, "change").filter(pk=key).first()
        if row is None:
            raise ValidationError({ID: ["There is no such row, or you may not change it."]})
        return row


def _told(number: int, heads: list[Head], errors: dict[str, list[str]]) -> Iterator[Problem]:
    columns = {head.name: head.text for head in reversed(heads)}
    for name, texts in errors.items():
        column = "" if name == "__all__" else columns.get(name, name)
        for text in texts:
            yield Problem(row=number, column=column, message=text)


def summary_of(done: Imported, model: type[Model]) -> str:
    """``3 devices were added, 2 devices were changed.``"""
    parts = [
        f"{counted(number, model)} {'was' if number == 1 else 'were'} {word}"
        for number, word in ((done.added, "added"), (done.changed, "changed"))
        if number
    ]
    return f"{', '.join(parts)}." if parts else "The table has no rows; nothing was imported."
