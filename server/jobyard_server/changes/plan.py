"""
The plan of a run: what it did, or would have done.

Most runs have either changes that were kept or changes that were rolled back. Those whose main phase was
rolled back and whose ``post_run`` was kept have both; the numbers of the change log put them in order.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value

from jobyard_server.changes.models import ACTIONS, ObjectChange, PlannedChange
from jobyard_server.runs.models import JobResult

_COLUMNS = (
    "sequence",
    "time",
    "action",
    "changed_object_type_id",
    "changed_object_id",
    "object_repr",
    "before",
    "after",
)


class Plan:
    """The changes of one run in order; a sequence that reads only the part that is asked for."""

    def __init__(self, result: JobResult) -> None:
        self._result = result

    def count(self) -> int:
        return self._planned().count() + self._kept().count()

    def counts(self) -> dict[str, int]:
        """Number of changes by action, all actions included."""
        found = dict.fromkeys(ACTIONS, 0)
        for rows in (self._planned(), self._kept()):
            for action, number in rows.order_by().values_list("action").annotate(Count("pk")):
                found[action] += number
        return found

    def __getitem__(self, part: slice) -> list[PlannedChange]:
        return [_row(values) for values in self._ordered(Q(), Q())[part]]

    def after(self, sequence: int, *, size: int) -> list[PlannedChange]:
        """At most *size* changes that follow number *sequence*."""
        rows = self._ordered(Q(sequence__gt=sequence), Q(id__gt=sequence))
        return [_row(values) for values in rows[:size]]

    def about(self, keys: set[Any]) -> dict[Any, str]:
        """The names that this plan has for objects with *keys*, those that it creates above all."""
        found: dict[Any, str] = {}
        for rows in (self._planned(), self._kept()):
            named = rows.filter(changed_object_id__in=keys).exclude(object_repr="")
            found |= dict(named.values_list("changed_object_id", "object_repr"))
        return found

    def _planned(self) -> QuerySet[PlannedChange]:
        return PlannedChange.objects.filter(job_result=self._result)

    def _kept(self) -> QuerySet[ObjectChange]:
        return ObjectChange.objects.filter(run_id=self._result.pk)

    def _ordered(self, planned: Q, kept: Q) -> Any:
        rolled_back = self._planned().filter(planned).annotate(stayed=Value(value=False))
        stayed = self._kept().filter(kept).annotate(sequence=F("id"), stayed=Value(value=True))
        first = rolled_back.order_by().values_list(*_COLUMNS, "stayed")
        return first.union(stayed.order_by().values_list(*_COLUMNS, "stayed"), all=True).order_by("sequence")


def _row(values: tuple[Any, ...]) -> PlannedChange:
    *columns, kept = values
    row = PlannedChange(**dict(zip(_COLUMNS, columns, strict=True)))
    row.kept = kept
    return row
