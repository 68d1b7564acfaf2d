"""
When two plans are the same: the same changes, in whatever order, whatever keys the created rows were given.

A row that is created has another key each time, so it is known by its type and name, wherever its key stands.
Of an update only the fields that differ count, with both values; of a deletion all that goes.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from jobyard.errors import PlanDiffers
from jobyard_server.changes.images import differences
from jobyard_server.changes.models import CREATE, UPDATE, ObjectChange, PlannedChange

Row = tuple[int, str, int, UUID, str, Any, Any]  #: Number, action, type, key, name, before, after.
_COLUMNS = ("action", "changed_object_type_id", "changed_object_id", "object_repr", "before", "after")
_MODULUS = 2**256
_CHUNK = 2000


def check_plan(run_id: str, approved: str) -> None:
    """
    Compare what the run has done until now with the digest of the plan that was approved.

    Raises:
        PlanDiffers: It is something else.
    """
    rows = ObjectChange.objects.filter(run_id=run_id).order_by("id").values_list("id", *_COLUMNS)
    if digest(rows.iterator(chunk_size=_CHUNK)) != approved:
        raise PlanDiffers


def planned_rows(run_id: Any) -> Iterator[Row]:
    """What the main phase of a run did before it was rolled back."""
    rows = PlannedChange.objects.filter(job_result=run_id, in_post_run=False).order_by("sequence")
    return rows.values_list("sequence", *_COLUMNS).iterator(chunk_size=_CHUNK)


def digest(rows: Iterable[Row]) -> str:
    """64 hex digits; equal for plans that are the same. Reads *rows* once, in order."""
    total = sum(int.from_bytes(mark) for _, mark in marks(rows))
    return f"{total % _MODULUS:064x}"


def difference(approved: Iterable[Row], made: Iterable[Row]) -> tuple[list[int], list[int]]:
    """Numbers of the changes that were approved and not made, and of those made and not approved."""
    approved_marks, made_marks = list(marks(approved)), list(marks(made))
    missing = Counter(mark for _, mark in approved_marks) - Counter(mark for _, mark in made_marks)
    extra = Counter(mark for _, mark in made_marks) - Counter(mark for _, mark in approved_marks)
    return _take(approved_marks, missing), _take(made_marks, extra)


def _take(all_marks: list[tuple[int, bytes]], wanted: Counter[bytes]) -> list[int]:
    found = []
    for number, mark in all_marks:
        if wanted[mark] > 0:
            wanted[mark] -= 1
            found.append(number)
    return found


def marks(rows: Iterable[Row]) -> Iterator[tuple[int, bytes]]:
    """The number of each change, and a hash that is equal for equal changes."""
    names: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for number, action, kind, key, name, before, after in rows:
        if action == CREATE:
            label = f"new {kind} {name}"
            seen[label] += 1
            names[str(key)] = f"{label} #{seen[label]}"
        values = differences(before, after) if action == UPDATE else (before, after)
        text = json.dumps([action, kind, _named((str(key), values), names)], sort_keys=True)
        yield number, hashlib.sha256(text.encode()).digest()


def _named(value: Any, names: dict[str, str]) -> Any:
    """*value* with keys of created rows replaced; lists of texts, as of tags, have no order."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, dict):
        return {key: _named(item, names) for key, item in value.items()}
    if isinstance(value, list | tuple):
        found = [_named(item, names) for item in value]
        is_set = isinstance(value, list) and all(isinstance(item, str) for item in found)
        return sorted(found) if is_set else found
    return value
