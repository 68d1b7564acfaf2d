"""The main phase and the post_run phase, and what the end of each means for the run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jobyard import statuses
from jobyard._apps_phases import AppsMethods
from jobyard.declarations import is_defined_by_author, style_of, test_methods_of
from jobyard.errors import AbortScript, AbortTransaction, PlanDiffers, RunCancelled, SoftTimeLimitExceeded
from jobyard.events import FAILURE, INFO, WARNING
from jobyard.interrupts import Interrupts
from jobyard.job import BaseJob
from jobyard.log_rows import text_of
from jobyard.profiling import profiled
from jobyard.result import RunResult
from jobyard.run_signature import arguments_for
from jobyard.tracebacks import describe, format_exception

if TYPE_CHECKING:
    from jobyard.execution import RunContext, Transactions

REVERTED = "Database changes have been reverted automatically."
REVERTED_BY_ERROR = "Database changes have been reverted due to error."


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How the run stands: final after post_run."""

    status: str
    reason: str | None = None
    data_committed: bool = False


@dataclass(frozen=True, kw_only=True)
class Phases:
    """One instance on its way through its methods."""

    job: BaseJob
    result: RunResult
    data: dict[str, Any]
    run: RunContext  #: With the effective commit flag.
    read_only: bool
    database: Transactions
    interrupts: Interrupts
    apps: AppsMethods | None = None  #: For a job in the style of 2.x.

    def main(self) -> Outcome:
        """``run`` and the tests in the main transaction."""
        try:
            self._enter("run")
            self.result.open_groups(self._groups())
            with self.database.main(self.run.commit):
                self._call_main_methods()
                self.interrupts.check()
        except BaseException as exc:  # noqa: BLE001  # authors raise anything, SystemExit included
            outcome = self._interrupted(exc)
        else:
            outcome = replace(self._ended(), data_committed=self.run.commit)
            if not self.run.commit:
                self._say_reverted(REVERTED)
        self.interrupts.stop_obeying()
        self.result.set_status(outcome.status)
        return outcome

    def post_run(self, outcome: Outcome) -> Outcome:
        """``post_run`` in a transaction of its own; it can make a good outcome worse, never better."""
        self._enter("post_run")
        method = self._post_run_method()
        if method is None:
            return outcome
        try:
            with self.database.post_run(self.run.commit):
                self._call(method)
        except BaseException as exc:  # noqa: BLE001  # authors raise anything
            return self._failed_post_run(exc, outcome)
        if outcome.status == statuses.COMPLETED and self._is_flagged():
            return replace(outcome, status=statuses.FAILED, reason=statuses.FAILURE_LOGGED)
        return outcome

    def _groups(self) -> list[str]:
        cls = type(self.job)
        groups = ["run"] if is_defined_by_author(cls, "run") else []
        if self.apps is not None:
            return groups
        if style_of(cls) == "netbox-report" and is_defined_by_author(cls, "pre_run"):
            groups.append("pre_run")
        groups += test_methods_of(cls, self.job)
        return groups + (["post_run"] if is_defined_by_author(cls, "post_run") else [])

    def _call_main_methods(self) -> None:
        if self.apps is not None:
            self.apps.main(self._call, self._enter, self._measured)
            return
        tests = test_methods_of(type(self.job), self.job)
        run = getattr(self.job, "run", None)
        if run is not None:
            args, kwargs = arguments_for(run, self.data, self.run.commit)
            self._call(self._measured(run), *args, **kwargs)
        if style_of(type(self.job)) == "netbox-report":
            tests.insert(0, "pre_run")
        for name in tests:
            self._enter(name)
            self._call(getattr(self.job, name))

    def _measured(self, run: Callable[..., Any]) -> Callable[..., Any]:
        return profiled(run, self.result) if self.run.is_profiled else run

    def _post_run_method(self) -> Callable[[], Any] | None:
        if self.apps is not None:
            return self.apps.late_hooks()
        if not is_defined_by_author(type(self.job), "post_run"):
            return None
        return self._call_post_run

    def _call_post_run(self) -> Any:
        """Looks the method up only inside the transaction: an author may have made it a property."""
        return self.job.post_run()

    def _call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        value, text = self.interrupts.call(_output_of, method, args, kwargs)
        if text is not None:
            self.result.data.append_output(f"\n{text}")
        return value

    def _enter(self, group: str) -> None:
        _assign(self.job, "active_test", group)

    def _ended(self) -> Outcome:
        if self._is_flagged():
            return Outcome(status=statuses.FAILED, reason=statuses.FAILURE_LOGGED)
        return Outcome(status=statuses.COMPLETED)

    def _is_flagged(self) -> bool:
        try:
            return bool(self.job.failed)
        except Exception:  # noqa: BLE001  # an author put something there that has no truth
            return True

    def _interrupted(self, exc: BaseException) -> Outcome:
        """What an exception out of the main phase means. A commit that raised late may still have held."""
        committed = bool(getattr(self.database, "data_committed", False))
        if isinstance(exc, AbortTransaction):
            self._say_reverted(REVERTED)
            return replace(self._ended(), data_committed=committed)
        _assign(self.job, "failed", value=True)
        if isinstance(exc, RunCancelled):
            return self._cancelled()
        if isinstance(exc, PlanDiffers):
            self._add_row(str(PlanDiffers.__doc__), FAILURE)
            self._say_reverted(REVERTED)
            return Outcome(status=statuses.ERRORED, reason=statuses.PLAN_DIFFERS)
        self._add_row(_said_of(exc, "An exception occurred"), FAILURE)
        if not committed:
            self._say_reverted(REVERTED_BY_ERROR)
        if isinstance(exc, SoftTimeLimitExceeded):
            return Outcome(
                status=statuses.TIMED_OUT, reason=statuses.SOFT_TIME_LIMIT, data_committed=committed
            )
        return Outcome(status=statuses.ERRORED, reason=statuses.EXCEPTION, data_committed=committed)

    def _cancelled(self) -> Outcome:
        user = self.run.cancelled_by()
        self._add_row(f"Job cancelled by {user}." if user else "Job cancelled.", WARNING)
        self._say_reverted(REVERTED)
        return Outcome(status=statuses.CANCELLED, reason=statuses.CANCELLED_BY_USER)

    def _failed_post_run(self, exc: BaseException, outcome: Outcome) -> Outcome:
        _assign(self.job, "failed", value=True)
        self._add_row(_said_of(exc, "An exception occurred during job post_run()"), FAILURE)
        if outcome.status in (statuses.COMPLETED, statuses.FAILED):
            return replace(outcome, status=statuses.ERRORED, reason=statuses.POST_RUN_EXCEPTION)
        return outcome

    def _say_reverted(self, message: str) -> None:
        if not self.read_only:
            self._add_row(message, INFO)

    def _add_row(self, message: str, level: str) -> None:
        """A row of jobyard's own, past whatever the author made of the logging methods."""
        self.result.add_row(message, level=level, grouping=str(self.job.active_test))


def _output_of(
    method: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, str | None]:
    """Call *method*; what it returned, and its text if that is anything. All of it is author code."""
    value = method(*args, **kwargs)
    return value, str(value) if value else None


def _said_of(exc: BaseException, what: str) -> str:
    """A script that gives up says itself why; anything else is shown with its place in the code."""
    if isinstance(exc, AbortScript):
        return f"Script aborted with error: {text_of(exc)}"
    return f"{what}: `{describe(exc)}`\n```\n{format_exception(exc)}\n```"


def _assign(job: BaseJob, name: str, value: Any) -> None:
    """Set an attribute of ours, also on a class whose author made it read-only."""
    with suppress(Exception):
        setattr(job, name, value)
        return
    vars(job)[name] = value
