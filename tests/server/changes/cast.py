"""What the change log says, short enough to compare."""

from __future__ import annotations

from typing import Any

from jobyard_server.changes.models import ObjectChange


class Log:
    """The changes since this was made."""

    def __init__(self) -> None:
        self._start = ObjectChange.objects.order_by("id").values_list("id", flat=True).last() or 0

    @property
    def rows(self) -> list[ObjectChange]:
        return list(ObjectChange.objects.filter(id__gt=self._start).order_by("id"))

    @property
    def lines(self) -> list[tuple[Any, ...]]:
        """Action, type, name, and for an update the fields that differ."""
        return [line(row) for row in self.rows]


def line(row: Any) -> tuple[Any, ...]:
    start = (row.action, row.object_type, row.object_name)
    return (*start, row.differing) if row.action == "update" else start
