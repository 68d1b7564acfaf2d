"""Where the outcome of a run is read: the API, the report of the command, the run of a test."""

from __future__ import annotations

from typing import Any

from tests.contract.case import Case, Counters, Outcome, Row
from tests.server.api.cast import Caller

from jobyard.events import COUNTED_LEVELS
from jobyard.testing import JobRun
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.redaction import Redactor


def stored_outcome(key: object) -> Outcome:
    """As it is kept, for the doors whose reading of it is tried elsewhere."""
    result = JobResult.objects.get(pk=key)
    rows = result.logs.order_by("sequence").values_list("grouping", "log_level", "log_object", "message")
    return Outcome(
        status=result.status,
        reason=result.status_reason,
        data_committed=result.data_committed,
        counters={group["grouping"]: _counted(group) for group in result.counters},
        rows=list(rows),
        output=result.output,
        author_data=result.author_data,
    )


def shown_outcome(reader: Caller, key: object) -> Outcome:
    """As a client reads it, in both layouts of the data."""
    place = f"/api/extras/job-results/{key}/"
    result = reader.get(place).json()
    data = reader.get(f"{place}?data_layout=1.2").json()["data"]
    groups = {
        name: group for name, group in result["data"].items() if isinstance(group, dict) and "log" in group
    }
    return Outcome(
        status=result["status"]["value"],
        reason=result["status_reason"],
        data_committed=result["data_committed"],
        counters={name: _counted(group) for name, group in groups.items()},
        rows=[_row(row) for row in reader.get(f"{place}logs/").json()],
        output=data.pop("output"),
        author_data=data,
    )


def _counted(group: dict[str, Any]) -> tuple[int, ...]:
    return tuple(group[level] for level in COUNTED_LEVELS)


def _row(row: dict[str, Any]) -> Row:
    return row["grouping"], row["log_level"], row["log_object"], row["message"]


def outcome_of_test(run: JobRun, case: Case) -> Outcome:
    """A server takes credentials out of what it stores; a test of an author's shows them."""
    redacted = Redactor([str(value) for name, value in case.data.items() if name == "key"])
    rows = [(row.grouping, row.level, row.object_text, redacted(row.message)) for row in run.rows]
    return Outcome(
        status=run.status,
        reason=run.reason,
        data_committed=run.is_committed,
        counters=_counters_of(run.groups, rows),
        rows=rows,
        output=run.output,
        author_data=run.data,
    )


def _counters_of(groups: list[str], rows: list[Row]) -> Counters:
    counted = {group: dict.fromkeys(COUNTED_LEVELS, 0) for group in groups}
    for group, level, _, _ in rows:
        if level in COUNTED_LEVELS:
            counted[group][level] += 1
    return {group: tuple(levels.values()) for group, levels in counted.items()}


def printed(outcome: Outcome) -> str:
    """Groups, rows and output as ``jobyard runjob`` prints them."""
    lines = []
    for group, counts in outcome.counters.items():
        numbers = ", ".join(f"{count} {level}" for count, level in zip(counts, COUNTED_LEVELS, strict=True))
        lines.append(f"\t{group}: {numbers}")
        lines += [
            f"\t\t{level}: {f'{about}: ' if about else ''}{message}"
            for of, level, about, message in outcome.rows
            if of == group
        ]
    return "\n".join([*lines, *([outcome.output] if outcome.output else [])])
