"""What the page of one job shows besides the form: what is filled in, and what stands in the way."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from django.conf import settings
from django.http import QueryDict

from jobyard.spec import JobSpec
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.registry.models import Job
from jobyard_server.runs.components import has_worker
from jobyard_server.runs.errors import JobHasNoSource, JobNotEnabled, JobNotInstalled
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.queues import queues_of
from jobyard_server.ui.jobs.listing import HEAVY
from jobyard_server.ui.run_form.build import COMMIT, QUEUE, FormState
from jobyard_server.ui.run_form.values import initial_values, is_ticked, submitted_values

NOT_ALLOWED: Final = "You do not have permission to run jobs."
NO_WORKER: Final = "Unable to run job: Celery worker process not running."
RECEIVER: Final = "This job is started by changes and buttons, not by people."
NOT_KEPT: Final = "The inputs of that run were not kept, because they may hold secrets. Fill them in again."
NOT_FOUND: Final = "The earlier run was not found, so the form shows the defaults."
CHANGED: Final = (
    "The inputs of this job changed while the form was open. Nothing was started; check them and run again."
)
RECENT: Final = 5  #: Runs listed beside the form.


@dataclass(frozen=True, kw_only=True)
class Prefill:
    """A form as it is first shown, and a remark about where the values came from."""

    state: FormState
    remark: str = ""


def obstacle(job: Job, spec: JobSpec, user: User) -> str:
    """Why this job cannot be run now by *user*, in the words users know; empty when it can."""
    if not may(user, "run", job):
        return NOT_ALLOWED
    if not job.enabled:
        return JobNotEnabled.message
    if not job.installed:
        return JobNotInstalled.message
    if job.module.revision is None:
        return JobHasNoSource.message
    if spec.is_job_hook_receiver or spec.is_job_button_receiver:
        return RECEIVER
    return "" if _has_any_worker(spec) else NO_WORKER


def _has_any_worker(spec: JobSpec) -> bool:
    return settings.JOBYARD["ACCEPT_WITHOUT_WORKERS"] or any(has_worker(queue) for queue in queues_of(spec))


def prefill(job: Job, spec: JobSpec, query: QueryDict, user: User) -> Prefill:
    """The form as the address asks for it: ``?name=value`` and ``?kwargs_from_job_result=<id>``."""
    key = query.get("kwargs_from_job_result", "")
    earlier = _earlier_run(job, key, user) if key else None
    start = FormState(
        values=initial_values(spec, query, earlier.inputs if earlier else None),
        commit=earlier.commit if earlier else spec.commit_default,
        queue=earlier.task_queue if earlier else "",
    )
    if COMMIT in query:
        start = replace(start, commit=is_ticked(query, COMMIT))
    start = replace(start, queue=query.get(QUEUE, start.queue))
    return Prefill(state=start, remark=_remark(spec, earlier) if key else "")


def _earlier_run(job: Job, key: str, user: User) -> JobResult | None:
    try:
        return restrict(JobResult.objects.filter(job_model=job), user, "view").get(pk=uuid.UUID(key))
    except (ValueError, JobResult.DoesNotExist):
        return None


def _remark(spec: JobSpec, earlier: JobResult | None) -> str:
    if earlier is None:
        return NOT_FOUND
    return NOT_KEPT if spec.variables and not earlier.inputs else ""


def refused(spec: JobSpec, sent: QueryDict, errors: Mapping[str, list[str]]) -> FormState:
    """The form as it was *sent*, with what is wrong."""
    return FormState(
        values=submitted_values(spec, sent),
        commit=is_ticked(sent, COMMIT),
        queue=sent.get(QUEUE, ""),
        errors=errors,
    )


def names_of(spec: JobSpec) -> str:
    """The variables of a form, sent back with it so that a change meanwhile is noticed."""
    return ",".join(variable.name for variable in spec.variables)


def recent_runs(job: Job, user: User) -> list[Any]:
    runs = restrict(JobResult.objects.filter(job_model=job), user, "view")
    return list(runs.select_related("user").defer(*HEAVY).order_by("-created")[:RECENT])
