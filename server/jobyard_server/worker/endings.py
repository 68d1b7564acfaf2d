"""How a run ends: the words for its log, and one transaction that makes the end known."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest, Now

from jobyard import statuses
from jobyard.events import FAILURE, INFO, WARNING, LogRow, Result
from jobyard.plain_data import plain, storable
from jobyard_server.runs.changes_of_runs import announce_change
from jobyard_server.runs.input_files import delete_files
from jobyard_server.runs.kept_inputs import kept_inputs
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.retry import retry
from jobyard_server.runs.wake_up import wake_up_next
from jobyard_server.worker.claims import Claim, write_if_ours
from jobyard_server.worker.recorder import Recorder

MAX_OUTPUT = 5 * 1024 * 1024  #: Characters; the rest is left out with a mark.
REVERTED = "Database changes have been reverted automatically."
PHASES = ("load", "main", "post_run")
MOST = 1e9  #: Seconds.
NOTICEABLE_SECONDS = 1.0  #: For which an end may have waited to be stored without being told so.
_LEFT_OUT = "\n… [truncated]"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """The terminal state of a run."""

    status: str
    reason: str | None = None
    output: str = ""
    author_data: dict[str, Any] = field(default_factory=dict)
    data_committed: bool = False
    timings: dict[str, float] = field(default_factory=dict)  #: Seconds by phase, as the child says.
    rows: tuple[LogRow, ...] = ()  #: Of jobyard's own, in the group in which the run was.
    decided_at: float = field(default_factory=time.time)  #: Seconds since the epoch, by the worker's clock.


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
        timings=_timings(result.timings),
    )


def _timings(told: dict[str, Any]) -> dict[str, float]:
    """Author code might have told them: known names and numbers only."""
    seconds = ((name, told.get(name)) for name in PHASES)
    return {
        name: float(value) for name, value in seconds if isinstance(value, int | float) and 0 <= value < MOST
    }


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


def killed_after_cancel(user: str, seconds: float, group: str, *, is_read_only: bool) -> Ending:
    messages = (f"Job cancelled by {user}.", f"It did not stop within {seconds:g} seconds and was killed.")
    rows = [LogRow(message=message, level=WARNING, grouping=group) for message in messages]
    if not is_read_only:
        rows.append(LogRow(message=REVERTED, level=INFO, grouping=group))
    return Ending(status=statuses.CANCELLED, reason=statuses.CANCELLED_BY_USER, rows=tuple(rows))


def worker_stopped(group: str) -> Ending:
    message = "The worker was shut down before the job had ended."
    row = LogRow(message=message, level=FAILURE, grouping=group)
    return Ending(status=statuses.ERRORED, reason=statuses.WORKER_LOST, rows=(row,))


def unstorable(group: str) -> Ending:
    message = "The job process was ended because it reported something that no database can hold."
    row = LogRow(message=message, level=FAILURE, grouping=group)
    return Ending(status=statuses.ERRORED, reason=statuses.PROCESS_DIED, rows=(row,))


def lease_ran_out(seconds: float, group: str) -> Ending:
    message = (
        "The job was stopped because its worker could not reach the database in time to renew the lease of "
        f"the run ({seconds:g} seconds)."
    )
    row = LogRow(message=message, level=FAILURE, grouping=group)
    return Ending(status=statuses.ERRORED, reason=statuses.WORKER_LOST, rows=(row,))


def store(claim: Claim, ending: Ending, recorder: Recorder, console: str, sandbox: dict[str, Any]) -> bool:
    """
    Make the end of a run known, with all rows that wait; False when the run is not ours any more.

    Safe to repeat after a failure of the database.
    """
    recorder.settle()
    if _is_one_statement(claim, recorder):
        is_ours = _write(claim, ending, recorder, console, sandbox)
        announce_change(claim.result.pk)
        return is_ours
    with transaction.atomic():
        is_ours = _write(claim, ending, recorder, console, sandbox)
        if is_ours:
            recorder.store_waiting_rows()
            retry(claim.result, ending.reason, data_committed=_has_committed(claim, ending))
            _drop_files(claim.result)
            transaction.on_commit(partial(wake_up_next, claim.result))
    recorder.forget_waiting_rows()
    return is_ours


def _is_one_statement(claim: Claim, recorder: Recorder) -> bool:
    """Most short runs have nothing to store but their own row."""
    result = claim.result
    restricted = bool(result.locks or result.run_limit or result.max_retries)
    return not recorder.has_waiting and not restricted and not _has_files(result)


def _write(claim: Claim, ending: Ending, recorder: Recorder, console: str, sandbox: dict[str, Any]) -> bool:
    has_run = ending.reason != statuses.INITIALIZATION
    return write_if_ours(
        claim.result,
        claim.fence,
        status=ending.status,
        status_reason=ending.reason,
        completed=_completed(ending),
        started=Coalesce(F("started"), F("claimed_at")) if has_run else F("started"),
        output=ending.output,
        author_data=ending.author_data,
        console=console,
        data_committed=_committed(ending),
        inputs=kept_inputs(claim.result),
        sandbox=sandbox,
        timings=ending.timings,
        **recorder.columns(),
    )


def _completed(ending: Ending) -> Any:
    """By the database's clock, but as long ago as it is: an end may have waited for the database."""
    age = time.time() - ending.decided_at
    if age < NOTICEABLE_SECONDS:
        return Now()
    return Greatest(F("claimed_at"), Now() - timedelta(seconds=age))


def _has_committed(claim: Claim, ending: Ending) -> bool:
    """Asked only where it decides whether a run may be tried again."""
    if ending.data_committed or not claim.result.max_retries:
        return ending.data_committed
    return JobResult.objects.filter(pk=claim.result.pk, data_committed=True).exists()


def _committed(ending: Ending) -> Any:
    """What the child's own transaction has recorded is true, whatever came after it."""
    if ending.data_committed:
        return True
    return Coalesce(F("data_committed"), Value(False))  # noqa: FBT003  # an SQL value


def _drop_files(result: JobResult) -> None:
    if _has_files(result):
        delete_files(result)


def _has_files(result: JobResult) -> bool:
    job = result.job_model
    return job is None or any(item["kind"] == "FileVar" for item in job.spec_json["variables"])


def _how(exit_status: int) -> str:
    if exit_status >= 0:
        return f"exit code {exit_status}"
    if -exit_status in _TOLD:
        return _TOLD[signal.Signals(-exit_status)]
    try:
        return f"signal {signal.Signals(-exit_status).name}"
    except ValueError:
        return f"signal {-exit_status}"


#: Signals of the kernel's limits, in words.
_TOLD = {
    signal.SIGXCPU: "signal SIGXCPU: it used more processor time than JOBYARD_RUN_CPU_SECONDS allows",
    signal.SIGXFSZ: "signal SIGXFSZ: it wrote a larger file than JOBYARD_RUN_FILE_BYTES allows",
}
