"""What the page of one job shows besides the form: what is filled in, and what stands in the way."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings
from django.http import QueryDict

from jobyard.spec import JobSpec
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.presets.models import JobPreset
from jobyard_server.presets.using import presets_for
from jobyard_server.registry.models import Job
from jobyard_server.registry.saved_inputs import misfits, of_preset
from jobyard_server.runs.apply import obstacle_to_apply
from jobyard_server.runs.components import has_worker
from jobyard_server.runs.errors import JobHasNoSource, JobNotEnabled, JobNotInstalled
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.queues import queues_of
from jobyard_server.ui.jobs.listing import HEAVY
from jobyard_server.ui.run_form.apply_fields import APPLIES, apply_fields, dry_run_of
from jobyard_server.ui.run_form.build import COMMIT, QUEUE, FormState
from jobyard_server.ui.run_form.preset_fields import sent_preset, shown_preset
from jobyard_server.ui.run_form.schedule_fields import sent_schedule
from jobyard_server.ui.run_form.selections import SEARCH
from jobyard_server.ui.run_form.values import initial_values, is_ticked, shown_again

NOT_ALLOWED: Final = "You do not have permission to run jobs."
NO_WORKER: Final = "Unable to run job: Celery worker process not running."
RECEIVER: Final = "This job is started by changes and buttons, not by people."
NOT_KEPT: Final = "The inputs of that run were not kept, because they may hold secrets. Fill them in again."
NOT_FOUND: Final = "The earlier run was not found, so the form shows the defaults."
DRY_RUN_GONE: Final = "The dry run that this form applies was not found. Nothing was started."
NO_PRESET: Final = "That preset was not found, so the form shows the defaults."
GONE: Final = "The preset also has values for inputs that this job has no longer: %s."
CHANGED: Final = (
    "The inputs of this job changed while the form was open. Nothing was started; check them and run again."
)
RECENT: Final = 5  #: Runs listed beside the form.


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A form as it is shown, and where its values came from."""

    state: FormState
    remark: str = ""
    applied: JobPreset | None = None  #: It was filled in with this preset.
    dry_run: JobResult | None = None  #: It applies this one.


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
    if spec.is_receiver:
        return RECEIVER
    return "" if _has_any_worker(spec) else NO_WORKER


def _has_any_worker(spec: JobSpec) -> bool:
    return settings.JOBYARD["ACCEPT_WITHOUT_WORKERS"] or any(has_worker(queue) for queue in queues_of(spec))


def prefill(job: Job, spec: JobSpec, query: QueryDict, user: User) -> Filled:
    """As the address asks: values by name, or a ``preset``, ``kwargs_from_job_result`` or ``_applies``."""
    if key := query.get(APPLIES, ""):
        return _from_dry_run(spec, query, dry_run_of(job, key, user))
    if key := query.get("preset", ""):
        return _from_preset(spec, query, applied_preset(job, key, user), user)
    key = query.get("kwargs_from_job_result", "")
    earlier = _earlier_run(job, key, user) if key else None
    start = FormState(
        values=initial_values(spec, query, earlier.inputs if earlier else None),
        commit=earlier.commit if earlier else spec.commit_default,
        queue=earlier.task_queue if earlier else "",
    )
    return Filled(state=_as_asked(start, query), remark=_remark(spec, earlier) if key else "")


def _from_dry_run(spec: JobSpec, query: QueryDict, dry_run: JobResult | None) -> Filled:
    """What may be kept is filled in; a run that cannot be applied leaves an ordinary form."""
    reason = obstacle_to_apply(dry_run) if dry_run else NOT_FOUND
    values = initial_values(spec, query, dry_run.inputs if dry_run else None)
    start = FormState(values=values, commit=spec.commit_default)
    if dry_run is None or reason:
        return Filled(state=start, remark=reason)
    state = replace(start, commit=True, applies=apply_fields(dry_run, None))
    return Filled(state=state, dry_run=dry_run)


def _from_preset(spec: JobSpec, query: QueryDict, preset: JobPreset | None, user: User) -> Filled:
    """What does not fit any more is an error at its field from the start."""
    if preset is None:
        start = FormState(values=initial_values(spec, query, None), commit=spec.commit_default)
        return Filled(state=_as_asked(start, query), remark=NO_PRESET)
    state = FormState(
        values=initial_values(spec, query, preset.inputs),
        commit=preset.commit,
        queue=preset.task_queue,
        errors=misfits(spec, of_preset(preset)),
        preset=shown_preset(preset, user),
    )
    gone = sorted(set(preset.inputs) - {variable.name for variable in spec.variables})
    return Filled(
        state=_as_asked(state, query), applied=preset, remark=GONE % ", ".join(gone) if gone else ""
    )


def _as_asked(start: FormState, query: QueryDict) -> FormState:
    if COMMIT in query:
        start = replace(start, commit=is_ticked(query, COMMIT))
    return replace(start, queue=query.get(QUEUE, start.queue))


def applied_preset(job: Job, key: str, user: User) -> JobPreset | None:
    """The preset that a form is filled in with; None for one that is not there for *user*."""
    try:
        return presets_for(job, user).filter(pk=uuid.UUID(key)).first()
    except ValueError:
        return None


def _earlier_run(job: Job, key: str, user: User) -> JobResult | None:
    try:
        return restrict(JobResult.objects.filter(job_model=job), user, "view").get(pk=uuid.UUID(key))
    except (ValueError, JobResult.DoesNotExist):
        return None


def _remark(spec: JobSpec, earlier: JobResult | None) -> str:
    if earlier is None:
        return NOT_FOUND
    return NOT_KEPT if spec.variables and not earlier.inputs else ""


def refused(
    spec: JobSpec,
    sent: QueryDict,
    errors: Mapping[str, list[str]],
    schedule_errors: Mapping[str, list[str]] = MappingProxyType({}),
) -> FormState:
    """The form as it was *sent*, with what is wrong."""
    return FormState(
        values=shown_again(spec, sent),
        commit=is_ticked(sent, COMMIT),
        queue=sent.get(QUEUE, ""),
        errors=errors,
        searches={variable.name: sent.get(SEARCH + variable.name, "")[:200] for variable in spec.variables},
        preset=sent_preset(sent),
        schedule=sent_schedule(sent),
        schedule_errors=schedule_errors,
    )


def names_of(spec: JobSpec) -> str:
    """The variables of a form, sent back with it so that a change meanwhile is noticed."""
    return ",".join(variable.name for variable in spec.variables)


def recent_runs(job: Job, user: User) -> list[Any]:
    runs = restrict(JobResult.objects.filter(job_model=job), user, "view")
    return list(runs.select_related("user").defer(*HEAVY).order_by("-created")[:RECENT])
