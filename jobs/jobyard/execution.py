"""
Execute one job instance in this process: prepare, main phase, post_run, result.

Knows no database and no supervisor: rows go to a sink, transactions belong to the caller.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from jobyard import statuses
from jobyard._apps_phases import AppsMethods
from jobyard._phases import Outcome, Phases
from jobyard.apps_job import AppsJob
from jobyard.errors import InitializationError, InputErrors
from jobyard.events import FAILURE, WARNING, LogRow, Result, Sink, Started
from jobyard.interrupts import Interrupts, UntornSink
from jobyard.job import BaseJob
from jobyard.meta import resolve_meta
from jobyard.model_objects import ModelObjects
from jobyard.output_files import OutputLimits
from jobyard.plain_data import plain, storable
from jobyard.request import JobRequest
from jobyard.result import RunResult
from jobyard.row_logger import rows_of
from jobyard.serialization import Surroundings, python_values
from jobyard.spec import Json
from jobyard.tracebacks import format_exception
from jobyard.variables.base import ObjectLoader

__all__ = ["JobSource", "RunContext", "Transactions", "execute", "initialization_failure"]


class Transactions(Protocol):
    """
    The two transactions of a run; commit False or an exception rolls back.

    Leaving ``main`` with commit True records ``data_committed`` in the same transaction, and raises if
    this worker no longer owns the run.
    """

    def main(self, commit: bool) -> AbstractContextManager[Any]: ...  # noqa: FBT001  # the run's own word
    def post_run(self, commit: bool) -> AbstractContextManager[Any]: ...  # noqa: FBT001


@dataclass(frozen=True, kw_only=True)
class RunContext:
    """Everything that is known of a run before its job is loaded."""

    id: str  #: UUID of the JobResult, as text.
    class_path: str
    name: str  #: Display name, with the operator's override.
    inputs: Mapping[str, Json] = field(default_factory=dict)  #: In queued form.
    commit: bool = False
    read_only_override: bool | None = None  #: The operator's; None leaves it to the class.
    soft_time_limit: int = 0  #: Effective, in seconds; 0: none.
    time_limit: int = 0  #: Effective, in seconds; 0: none.
    request: Mapping[str, Any] = field(default_factory=dict)  #: What ``self.request`` is made of.
    user: Any = None
    files: Mapping[str, BinaryIO] = field(default_factory=dict)
    objects: ObjectLoader = field(default_factory=ModelObjects)
    root: Path | None = None  #: Root of the snapshot.
    is_profiled: bool = False  #: Measure ``run``.
    output_limits: OutputLimits = field(default_factory=OutputLimits)
    cancelled_by: Callable[[], str] = str  #: Asked when the run was cancelled: user name, or "".


#: The class, or a function that finds it (and may check more, raising InitializationError).
JobSource = type[BaseJob] | Callable[[], type[BaseJob]]


def execute(job_class: JobSource, run: RunContext, *, sink: Sink, database: Transactions) -> Result:
    """
    Run a job from instantiation to its result, which is emitted last and returned.

    Never raises for what the job does. SIGUSR1 is the soft time limit, SIGUSR2 cancels; both are
    handled as long as this runs in the main thread.
    """
    return execute_and_keep(job_class, run, sink=sink, database=database)[0]


def execute_and_keep(
    job_class: JobSource, run: RunContext, *, sink: Sink, database: Transactions
) -> tuple[Result, BaseJob | None]:
    """The same as ``execute``, for tests that look at the instance afterwards; None if there was none."""
    interrupts, clock = Interrupts(), PhaseClock()
    sink = UntornSink(sink, interrupts)
    with interrupts.installed():
        try:
            phases = _prepare(job_class, run, sink=sink, database=database, interrupts=interrupts)
        except BaseException as exc:  # noqa: BLE001  # authors' classes raise anything
            return initialization_failure(exc, sink), None
        clock.ended("load")
        phases.result.set_status(statuses.RUNNING)
        sink.emit(Started())
        with rows_of(phases.result):
            outcome = phases.main()
            clock.ended("main")
            outcome = phases.post_run(outcome)
            clock.ended("post_run")
    result = _result_of(phases.result, outcome, clock)
    sink.emit(result)
    return result, phases.job


def initialization_failure(problem: BaseException | str, sink: Sink) -> Result:
    """End a run of which no author method ran; emits the row and the result."""
    sink.emit(LogRow(message=_initialization_message(problem), level=FAILURE, grouping="initialization"))
    result = Result(status=statuses.ERRORED, reason=statuses.INITIALIZATION)
    sink.emit(result)
    return result


def _initialization_message(problem: BaseException | str) -> str:
    if isinstance(problem, str | InitializationError):
        return str(problem)
    if isinstance(problem, InputErrors):
        return f"Error initializing job:\n```\nThe inputs are no longer valid: {problem}\n```"
    return f"Error initializing job:\n```\n{format_exception(problem)}\n```"


def _prepare(
    job_class: JobSource, run: RunContext, *, sink: Sink, database: Transactions, interrupts: Interrupts
) -> Phases:
    cls: type[BaseJob] = job_class if isinstance(job_class, type) else job_class()
    job = cls()
    result = _tie_to_run(job, run, sink)
    _warn_about_limits(result, run)
    data = python_values(cls, run.inputs, Surroundings(objects=run.objects, files=run.files))
    override = run.read_only_override
    read_only = resolve_meta(cls).read_only if override is None else override
    return Phases(
        job=job,
        result=result,
        data=data,
        run=replace(run, commit=run.commit and not read_only),
        read_only=read_only,
        database=database,
        interrupts=interrupts,
        apps=AppsMethods(job, run.id, data) if isinstance(job, AppsJob) else None,
    )


def _tie_to_run(job: BaseJob, run: RunContext, sink: Sink) -> RunResult:
    """Give the instance its request and its result; no author method but ``__init__`` has run before."""

    def flag() -> None:
        job.failed = True

    job.failed = False
    job.active_test = "initialization"
    job.request = JobRequest(run.request, run.user)
    result = RunResult(
        run_id=run.id,
        name=run.class_path,
        user=run.user,
        sink=sink,
        on_failure=flag,
        output_limits=run.output_limits,
    )
    job.job_result = result
    return result


def _warn_about_limits(result: RunResult, run: RunContext) -> None:
    hard, soft = run.time_limit, run.soft_time_limit
    if not 0 < hard <= soft:
        return
    result.add_row(
        f"The hard time limit of {hard} seconds is less than or equal to the soft time limit of {soft} "
        f"seconds. This job will be stopped after {hard} seconds.",
        level=WARNING,
        grouping="initialization",
    )


class PhaseClock:
    """Seconds of each phase, one after the other."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def ended(self, phase: str) -> None:
        now = time.perf_counter()
        self.seconds[phase] = round(now - self._since, 6)
        self._since = now


def _result_of(result: RunResult, outcome: Outcome, clock: PhaseClock) -> Result:
    return Result(
        status=outcome.status,
        reason=outcome.reason,
        output=storable(result.data.output),
        author_data=plain(result.data.author_data),
        data_committed=outcome.data_committed,
        timings=clock.seconds,
    )
