"""The methods of a job in the style of 2.x, in their order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jobyard.apps_job import AppsJob, einfo_of
from jobyard.declarations import is_defined_by_author
from jobyard.tracebacks import format_exception

_LATE_HOOKS = ("on_failure", "after_return")


class AppsMethods:
    """One run: remembers between its two phases what ``run`` returned or raised."""

    def __init__(self, job: AppsJob, run_id: str, inputs: dict[str, Any]) -> None:
        self._job = job
        self._task = (run_id, (), inputs)
        self._inputs = inputs
        self._value: Any = None
        self._problem: BaseException | None = None

    def main(
        self,
        call: Callable[..., Any],
        enter: Callable[[str], None],
        measured: Callable[[Callable[..., Any]], Callable[..., Any]],
    ) -> None:
        """``before_start``, ``run``, ``on_success``."""
        try:
            enter("before_start")
            call(self._job.before_start, *self._task)
            enter("run")
            self._value = call(measured(getattr(self._job, "run", _no_run)), **self._inputs)
            enter("on_success")
            call(self._job.on_success, self._value, *self._task)
        except BaseException as exc:
            self._problem = exc
            raise
        enter("run")

    def late_hooks(self) -> Callable[[], None] | None:
        """``on_failure`` and ``after_return`` as one method; None when the author wrote neither."""
        if not any(is_defined_by_author(type(self._job), name) for name in _LATE_HOOKS):
            return None
        return self._call_late_hooks

    def _call_late_hooks(self) -> None:
        problem = self._problem
        einfo = einfo_of(problem, format_exception(problem) if problem else "")
        if problem is not None:
            self._job.on_failure(problem, *self._task, einfo)
        status, value = ("SUCCESS", self._value) if problem is None else ("FAILURE", problem)
        self._job.after_return(status, value, *self._task, einfo)


def _no_run(**_inputs: Any) -> None:
    raise NotImplementedError("The job must define a run() method.")
