"""What went wrong, in a line at the head of the page: nobody should have to look for it in a long log."""

from __future__ import annotations

from typing import Final, NamedTuple

from jobyard import events, statuses
from jobyard_server.runs.models import JobLogEntry, JobResult
from jobyard_server.ui.markdown import plain

ENDED_BADLY: Final = (statuses.FAILED, statuses.ERRORED, statuses.TIMED_OUT)
LENGTH: Final = 240  #: Characters; all of it is in the log.


class Trouble(NamedTuple):
    """A failure of the log."""

    sequence: int
    subject: str
    message: str  #: Its first line, without notation.
    more: int  #: Other failures.


def trouble_of(result: JobResult) -> Trouble | None:
    """The exception that ended *result*, else its first failure; None when nothing went wrong."""
    if result.status not in ENDED_BADLY:
        return None
    last_first = "-sequence" if result.status == statuses.ERRORED else "sequence"
    row = result.logs.filter(log_level=events.FAILURE).order_by(last_first).first()
    return None if row is None else _of(row, result.totals[events.FAILURE] - 1)


def _of(row: JobLogEntry, more: int) -> Trouble:
    line = plain((row.message.strip().splitlines() or [""])[0])
    shown = line if len(line) <= LENGTH else f"{line[:LENGTH]}…"
    return Trouble(row.sequence, row.log_object or "", shown, max(more, 0))
