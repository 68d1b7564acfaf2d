"""
Pages of rows, newest first, without counting and without OFFSET.

A cursor names the last row that was shown, so that a page stays the same while new rows arrive above it,
and page 1,000 costs as much as page 1.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


Row = TypeVar("Row", bound=Any)  #: Of a model with ``created`` and a UUID as key.


@dataclass(frozen=True, kw_only=True)
class Page(Generic[Row]):
    """Some rows, and the cursors that lead on; an empty cursor leads nowhere."""

    rows: list[Row]
    newer: str  #: Value of ``?after=``.
    older: str  #: Value of ``?before=``.


def newest_first(queryset: QuerySet[Row], query: Mapping[str, str], *, size: int) -> Page[Row]:
    """The page that ``before`` or ``after`` in *query* asks for; cursors that make no sense are ignored."""
    before, after = _parse(query.get("before", "")), _parse(query.get("after", ""))
    if after and not before:
        found = list(queryset.filter(_newer_than(after)).order_by("created", "id")[: size + 1])
        rows, has_newer, has_older = found[:size][::-1], len(found) > size, True
    else:
        rows_older = queryset.filter(_older_than(before)) if before else queryset
        found = list(rows_older.order_by("-created", "-id")[: size + 1])
        rows, has_newer, has_older = found[:size], before is not None, len(found) > size
    return Page(
        rows=rows,
        newer=_cursor(rows[0]) if rows and has_newer else "",
        older=_cursor(rows[-1]) if rows and has_older else "",
    )


def _cursor(row: Any) -> str:
    return f"{(row.created - _EPOCH) // _MICROSECOND}-{row.pk.hex}"


def _parse(text: str) -> tuple[datetime, uuid.UUID] | None:
    number, _, key = text.partition("-")
    try:
        return _EPOCH + int(number) * _MICROSECOND, uuid.UUID(hex=key)
    except (ValueError, OverflowError):
        return None


def _older_than(cursor: tuple[datetime, uuid.UUID]) -> Q:
    created, key = cursor
    return Q(created__lt=created) | Q(created=created, id__lt=key)


def _newer_than(cursor: tuple[datetime, uuid.UUID]) -> Q:
    created, key = cursor
    return Q(created__gt=created) | Q(created=created, id__gt=key)
