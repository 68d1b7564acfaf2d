"""What somebody asks of a list: filters, order, columns, page. It makes every link of the list, too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict
from rest_framework.exceptions import PermissionDenied, ValidationError

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.api.inventory.filters import filtered
from jobyard_server.api.inventory.ordering import ordered, sortable
from jobyard_server.ui.inventory.columns import Column, chosen_columns, relations_for

COLUMNS, ORDERING, PAGE, SIZE = "columns", "ordering", "page", "per_page"
OWN = frozenset((COLUMNS, ORDERING, PAGE, SIZE, "format"))  #: Parameters that are no filters.
SIZES = (25, 50, 100, 250)
USUAL_SIZE = 50
MOST_COUNTED = 10_000  #: More rows than anybody pages through; counting on would cost more than it tells.


@dataclass(frozen=True, kw_only=True)
class RowPage:
    """Some rows of a list."""

    rows: list[Any]
    number: int
    size: int
    total: int  #: At most MOST_COUNTED.
    has_more: bool  #: There are more than MOST_COUNTED.

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1


@dataclass(frozen=True, kw_only=True)
class ListQuery:
    """One request for a list of *model*."""

    model: type[Model]
    filters: dict[str, list[str]]
    ordering: str
    asked_columns: tuple[str, ...]
    page: int
    size: int
    usual: tuple[str, ...] = ()  #: The columns that are shown when none are asked for.

    @classmethod
    def from_query(cls, model: type[Model], query: QueryDict) -> ListQuery:
        """What is asked for; empty values are what a form sends for fields that nobody filled in."""
        filters = {name: [text for text in query.getlist(name) if text.strip()] for name in query}
        ordering = query.get(ORDERING, "")
        return cls(
            model=model,
            filters={name: values for name, values in filters.items() if values and name not in OWN},
            ordering=ordering if ordering.removeprefix("-") in sortable(model) else "",
            asked_columns=tuple(name for text in query.getlist(COLUMNS) for name in text.split(",") if name),
            page=_number(query.get(PAGE), least=1) or 1,
            size=_size(query.get(SIZE)),
        )

    @property
    def columns(self) -> list[Column]:
        return chosen_columns(self.model, self.asked_columns or self.usual)

    def rows(self, user: User, action: str = "view") -> QuerySet[Any]:
        """
        All rows that are asked for, in order.

        Raises:
            ValidationError: A name is no filter, or a value does not fit; messages by name.
        """
        rows = restrict(self.model._default_manager.all(), user, action)
        return ordered(filtered(rows, self.filters), [self.ordering])

    def read(self, user: User) -> RowPage:
        """The page that is asked for, with all that its cells show."""
        rows = self.rows(user)
        found = rows.prefetch_related(*relations_for(self.model, self.columns))
        first = (min(self.page, MOST_COUNTED // self.size) - 1) * self.size
        listed = list(found[first : first + self.size])
        if 0 < len(listed) < self.size or not (listed or first):
            total = first + len(listed)  # the end of the list: nothing is left to count
        else:
            total = rows.order_by()[: MOST_COUNTED + 1].count()
        if total and not listed:  # beyond the end
            first = (min(total, MOST_COUNTED) - 1) // self.size * self.size
            listed = list(found[first : first + self.size])
        return RowPage(
            rows=listed,
            number=first // self.size + 1,
            size=self.size,
            total=min(total, MOST_COUNTED),
            has_more=total > MOST_COUNTED,
        )

    def with_(self, **changes: str | int | None) -> str:
        """The query of this list with *changes*; None leaves a parameter out. Other pages begin anew."""
        query = QueryDict(mutable=True)
        for name, values in self._parameters():
            query.setlist(name, values)
        if PAGE not in changes:
            query.pop(PAGE, None)
        for name, value in changes.items():
            query.pop(name, None)
            if value is not None:
                query[name] = str(value)
        return query.urlencode(safe=",/:")

    def parameters_without(self, *names: str) -> list[tuple[str, str]]:
        """All parameters but *names*, for the hidden fields of a form that changes these."""
        left = {*names, PAGE}
        return [(name, text) for name, texts in self._parameters() if name not in left for text in texts]

    def showing(self, columns: Iterable[str]) -> ListQuery:
        """This list with other columns, which its links need not name."""
        return replace(self, usual=tuple(columns))

    def without(self, name: str, value: str) -> str:
        """The query without one of the filters."""
        query = QueryDict(self.with_(), mutable=True)
        query.setlist(name, [text for text in query.getlist(name) if text != value])
        return query.urlencode(safe=",/:")

    def _parameters(self) -> Iterator[tuple[str, list[str]]]:
        yield from self.filters.items()
        if self.ordering:
            yield ORDERING, [self.ordering]
        if self.asked_columns:
            yield COLUMNS, [",".join(self.asked_columns)]
        if self.size != USUAL_SIZE:
            yield SIZE, [str(self.size)]
        if self.page > 1:
            yield PAGE, [str(self.page)]


def messages_of(exc: ValidationError | PermissionDenied) -> dict[str, list[str]]:
    """The messages by field of a refusal, whatever its form."""
    detail: Any = exc.detail
    if isinstance(detail, str):
        return {"__all__": [str(detail)]}
    if not isinstance(detail, dict):
        return {"__all__": [str(item) for item in detail]}
    return {name: _texts(found) for name, found in detail.items()}


def _texts(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [text for inner in found.values() for text in _texts(inner)]
    if isinstance(found, list):
        return [text for inner in found for text in _texts(inner)]
    return [str(found)]


def _number(text: str | None, *, least: int) -> int | None:
    if text is None or not text.isdecimal() or len(text) > 9:  # noqa: PLR2004  # no list has more pages
        return None
    return max(least, int(text))


def _size(text: str | None) -> int:
    asked = _number(text, least=1)
    return asked if asked in SIZES else USUAL_SIZE
