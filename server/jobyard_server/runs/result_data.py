"""``data`` of a result in the two layouts that clients know."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from jobyard import events, statuses
from jobyard_server.runs.models import JobResult, log_row

LAYOUTS = ("1.1", "1.2")


def result_data(result: JobResult, *, layout: str = "1.1", rows: bool = True) -> dict[str, Any] | None:
    """
    The ``data`` of *result*; None while it is pending.

    Args:
        result: A run or a sync.
        layout: 1.1 has groups with counters and rows, 1.2 only output and the author's own keys.
        rows: False leaves the rows out, as lists do; each group then says how many.
    """
    if result.status == statuses.PENDING:
        return None
    if layout == "1.2":
        return {"output": result.output, **result.author_data}
    groups = _groups(result, limit=settings.JOBYARD["DATA_LOG_LIMIT"] if rows else 0)
    hidden = {"total", "output", *groups}
    own = {name: value for name, value in result.author_data.items() if name not in hidden}
    return {"total": result.totals, **groups, "output": result.output, **own}


def _groups(result: JobResult, *, limit: int) -> dict[str, dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {
        group["grouping"]: {**_counters(group), "log": []} for group in result.counters
    }
    for entry in result.logs.order_by("sequence")[:limit] if limit else ():
        groups.setdefault(entry.grouping, {**_counters({}), "log": []})["log"].append(log_row(entry))
    for group in result.counters:
        shown = groups[group["grouping"]]
        omitted = group.get("rows", 0) - len(shown["log"])
        if omitted > 0:
            shown["log_omitted"] = omitted
    return groups


def _counters(group: dict[str, Any]) -> dict[str, int]:
    return {level: group.get(level, 0) for level in events.COUNTED_LEVELS}
