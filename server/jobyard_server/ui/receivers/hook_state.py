"""What the page of a job hook tells besides its fields: why changes start nothing, and what they started."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from jobyard import statuses
from jobyard.events import FAILURE
from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.receivers.models import TYPES, JobHook, JobHookCall
from jobyard_server.runs.errors import JobHasNoSource, JobNotEnabled, JobNotInstalled
from jobyard_server.runs.models import JobLogEntry, JobResult

DISABLED: Final = "This job hook is disabled."
NEWEST: Final = 5  #: Runs that are listed.


@dataclass(frozen=True, kw_only=True)
class HookRun:
    """A run that a change asked for."""

    run: JobResult
    reason: str  #: Why it was refused; empty for one that began.


@dataclass(frozen=True, kw_only=True)
class HookState:
    """How a job hook stands."""

    obstacle: str  #: Why changes start nothing at present; empty when they do.
    waiting: int  #: Changes that no scheduler has looked at yet.
    actions: str  #: ``create or delete``.
    runs: list[HookRun]  #: The newest that the reader may see.


def hook_state(hook: JobHook, user: User) -> HookState:
    """Cost: four queries."""
    return HookState(
        obstacle=_obstacle(hook),
        waiting=JobHookCall.objects.filter(hook=hook).count(),
        actions=" or ".join(action for name, action in TYPES.items() if getattr(hook, name)),
        runs=_newest_runs(hook, user),
    )


def _obstacle(hook: JobHook) -> str:
    job = hook.job
    if not hook.enabled:
        return DISABLED
    if not job.enabled:
        return str(JobNotEnabled.message)
    if not job.installed:
        return str(JobNotInstalled.message)
    return str(JobHasNoSource.message) if job.module.revision_id is None else ""


def _newest_runs(hook: JobHook, user: User) -> list[HookRun]:
    asked = JobResult.objects.filter(job_model=hook.job_id, job_hook=hook.pk).select_related("user")
    runs = list(restrict(asked, user, "view").order_by("-created")[:NEWEST])
    refused = [run.pk for run in runs if run.started is None and run.status == statuses.ERRORED]
    rows = JobLogEntry.objects.filter(job_result__in=refused, log_level=FAILURE) if refused else ()
    reasons: dict[Any, str] = {row.job_result_id: row.message for row in rows}
    return [HookRun(run=run, reason=reasons.get(run.pk, "")) for run in runs]
