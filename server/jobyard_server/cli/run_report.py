"""What `jobyard runjob` and `jobyard repo sync` print about a result."""

from __future__ import annotations

import sys
from datetime import datetime

import typer
from django.db.models import Min

from jobyard import statuses
from jobyard.events import COUNTED_LEVELS
from jobyard_server.runs.models import JobLogEntry, JobResult

WORDS = {
    statuses.COMPLETED: "SUCCESS",
    statuses.FAILED: "FAILED",
    statuses.ERRORED: "ERRORED",
    statuses.CANCELLED: "CANCELLED",
    statuses.TIMED_OUT: "TIMED OUT",
}
COLOURS = {"success": "green", "info": "cyan", "warning": "yellow", "failure": "red"}
#: What could steer a terminal: control characters besides tab and line feed.
CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\t\n"}


def say(text: str) -> None:
    """A line that begins with the time of day."""
    print(f"[{datetime.now().astimezone():%H:%M:%S}] {text}", flush=True)


def print_report(result: JobResult) -> None:
    """Groups in the order of execution with all their rows, the output, the status and the duration."""
    for group, counts in group_counts(result).items():
        numbers = ", ".join(f"{counts.get(level, 0)} {level}" for level in COUNTED_LEVELS)
        print(f"\t{group}: {numbers}")
        print_rows(result, group)
    if result.output:
        print(_tame(result.output))
    say(f"{result.name}: {WORDS[result.status]}")
    say(f"{result.name}: Duration {result.duration}")
    say("Finished")


def group_counts(result: JobResult) -> dict[str, dict[str, int]]:
    """Counters by group, in the order of execution."""
    counted = {group["grouping"]: group for group in result.counters}
    seen = result.logs.values_list("grouping").annotate(first=Min("sequence")).order_by("first")
    return {**counted, **{name: {} for name, _ in seen if name not in counted}}


def print_rows(result: JobResult, group: str) -> None:
    rows = result.logs.filter(grouping=group).order_by("sequence")
    for row in rows.iterator(chunk_size=1000):
        print(f"\t\t{_row_text(row)}")


def _row_text(row: JobLogEntry) -> str:
    about = f"{row.log_object}: " if row.log_object else ""
    return f"{_level(row.log_level)}: {_tame(about + row.message)}"


def _level(level: str) -> str:
    colour = COLOURS.get(level)
    return typer.style(level, fg=colour) if colour and sys.stdout.isatty() else level


def _tame(text: str) -> str:
    """On a terminal, show control characters instead of obeying them; elsewhere the text as it is."""
    return text.translate(CONTROLS) if sys.stdout.isatty() else text
