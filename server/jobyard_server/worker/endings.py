"""How a run ends: the words for its log, and one transaction that makes the end known."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Now

from jobyard import statuses
from jobyard.events import FAILURE, INFO, WARNING, LogRow, Result
from jobyard.plain_data import plain, storable
from jobyard_server.runs.input_files import delete_files
from jobyard_server.runs.kept_inputs import kept_inputs
from jobyard_server.runs.models import JobResult
from jobyard_server.worker.claims import Claim, write_if_ours
from jobyard_server.worker.recorder import Recorder

MAX_OUTPUT = 5 * 1024 * 1024  #: Characters; the rest is left out with a mark.
REVERTED = "Database changes have been reverted automatically."
_LEFT_OUT = "\n… [truncated]"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The terminal state of a run."""

    status: str
    reason: str | None = None
    output: str = ""
    author_data: dict[str, Any] = field(default_factory=dict)
    data_committed: bool = False
    rows: tuple[LogRow, ...] = ()  #: Of jobyard's own, in the group in which the run was.


def told_by_child(result: Result) -> Ending | None:
    """The ending that the child reports; None when it makes no sense."""
    if result.status not in statuses.TERMINAL or result.reason not in (None, *statuses.REASONS):
        return None
    output = storable(str(result.output))
    if len(output) > MAX_OUTPUT:
        output = output[:MAX_OUTPUT] + _LEFT_OUT
    data = plain(result.author_data)
    return Ending(
        status=result.status,
        reason=result.reason,
        output=output,
        author_data=data if isinstance(data, dict) else {},
        data_committed=result.data_committed is True,
    )


def not_started(sentence: str) -> Ending:
    row = LogRow(message=sentence, level=FAILURE, grouping="initialization")
    return Ending(status=statuses.ERRORED, reason=statuses.INITIALIZATION, rows=(row,))


def process_died(exit_status: int, group: str) -> Ending:
    message = f"The job process ended unexpectedly ({_how(exit_status)})."
    row = LogRow(message=message, level=FAILURE, grouping=group)
    return Ending(status=statuses.ERRORED, reason=statuses.PROCESS_DIED, rows=(row,))


def protocol_broken(problem: str, group: str) -> Ending:
    message = f"The job process was ended because it broke the protocol with its worker: {problem}."
    row = LogRow(message=message, level=FAILURE, grouping=group)
    return Ending(status=statuses.ERRORED, reason=statuses.PROCESS_DIED, rows=(row,))


def hard_limit(seconds: int, group: str) -> Ending:
    message = f"The job was stopped after {seconds} seconds (hard time limit)."
    row = LogRow(message=message, level=FAILURE, grouping=group)
    return Ending(status=statuses.TIMED_OUT, reason=statuses.HARD_TIME_LIMIT, rows=(row,))


def killed_after_cancel(user: str, group: str, *, is_read_only: bool) -> Ending:
    rows = [LogRow(message=f"Job cancelled by {user}.", level=WARNING, grouping=group)]
    if not is_read_only:
        rows.append(LogRow(message=REVERTED, level=INFO, grouping=group))
    return Ending(status=statuses.CANCELLED, reason=statuses.CANCELLED_BY_USER, rows=tuple(rows))


def worker_stopped(group: str) -> Ending:
    message = "The worker was shut down before the job had ended."
    row = LogRow(message=message, level=FAILURE, grouping=group)
    return Ending(status=statuses.ERRORED, reason=statuses.WORKER_LOST, rows=(row,))


def store(claim: Claim, ending: Ending, recorder: Recorder, console: str) -> bool:
    """
    Make the end of a run known, with all rows that wait; False when the run is not ours any more.

    Safe to repeat after a failure of the database.
    """
    with transaction.atomic():
        is_ours = write_if_ours(
            claim.result,
            claim.fence,
            status=ending.status,
            status_reason=ending.reason,
            completed=Now(),
            started=Coalesce(F("started"), F("claimed_at"))
            if ending.reason != statuses.INITIALIZATION
            else F("started"),
            output=ending.output,
            author_data=ending.author_data,
            console=console,
            data_committed=_committed(ending),
            inputs=kept_inputs(claim.result),
            **recorder.columns(),
        )
        if is_ours:
            recorder.store_waiting_rows()
            _drop_files(claim.result)
    recorder.forget_waiting_rows()
    return is_ours


def _committed(ending: Ending) -> Any:
    """What the child's own transaction has recorded is true, whatever came after it."""
    if ending.data_committed:
        return True
    return Coalesce(F("data_committed"), Value(False))  # noqa: FBT003  # an SQL value


def _drop_files(result: JobResult) -> None:
    job = result.job_model
    if job is None or any(item["kind"] == "FileVar" for item in job.spec_json["variables"]):
        delete_files(result)


def _how(exit_status: int) -> str:
    if exit_status >= 0:
        return f"exit code {exit_status}"
    try:
        return f"signal {signal.Signals(-exit_status).name}"
    except ValueError:
        return f"signal {-exit_status}"
