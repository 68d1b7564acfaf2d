"""Jobs in the style of 2.x: ``run(**variables)``, a logger that writes rows, hooks around ``run``."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from jobyard import events
from jobyard.declarations import base_class
from jobyard.job import Job, write_row
from jobyard.receivers import JobButtonReceiver, JobHookReceiver
from jobyard.row_logger import RowLogger, row_logger

_Arguments = tuple[Any, ...]


@base_class("apps-job")
class AppsJob(Job):
    """
    A job whose variables are the parameters of ``run``.

    ``test_*`` and ``post_run`` are not called. What ``on_failure`` and ``after_return`` write is kept as
    that of ``post_run`` of other jobs.
    """

    @property
    def logger(self) -> RowLogger:
        """Its records are the log rows of the run."""
        return row_logger(type(self).__name__)

    @property
    def user(self) -> Any:
        """Who asked for the run."""
        return self.request.user

    def fail(self, message: Any, *_args: Any, **_kwargs: Any) -> None:
        """Log a failure and flag the run as failed; what it changed stays."""
        write_row(self, None, message, events.FAILURE)

    def before_start(self, task_id: Any, args: _Arguments, kwargs: Mapping[str, Any]) -> None:
        """Called before ``run``."""

    def on_success(self, retval: Any, task_id: Any, args: _Arguments, kwargs: Mapping[str, Any]) -> None:
        """Called when ``run`` has returned."""

    def on_failure(
        self, exc: BaseException, task_id: Any, args: _Arguments, kwargs: Mapping[str, Any], einfo: Any
    ) -> None:
        """Called when ``run`` or a hook before it has raised."""

    def after_return(  # noqa: PLR0917  # the signature that job files override
        self,
        status: str,
        retval: Any,
        task_id: Any,
        args: _Arguments,
        kwargs: Mapping[str, Any],
        einfo: Any,
    ) -> None:
        """Called last, whatever happened; *status* is ``SUCCESS`` or ``FAILURE``."""


@base_class("apps-job")
class AppsJobHookReceiver(AppsJob, JobHookReceiver):
    """A receiver of changes; ``run`` takes the variable by its name."""

    def run(self, object_change: Any) -> Any:  # type: ignore[override]  # the style of 2.x
        return JobHookReceiver.run(self, {"object_change": object_change}, commit=True)


@base_class("apps-job")
class AppsJobButtonReceiver(AppsJob, JobButtonReceiver):
    """A receiver of buttons; ``run`` takes the variables by their names."""

    def run(self, object_pk: Any, object_model_name: Any) -> Any:
        data = {"object_pk": object_pk, "object_model_name": object_model_name}
        return JobButtonReceiver.run(self, data, commit=True)


def register_jobs(*_classes: type) -> None:
    """Nothing to do: jobs are found by being classes of their module."""


def einfo_of(exc: BaseException | None, traceback: str) -> Any:
    """What hooks get as *einfo*."""
    return None if exc is None else SimpleNamespace(exception=exc, traceback=traceback)
