"""What the buttons of a run form do: run, update the lists, remember; and the check of what one types."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from jobyard.errors import InputErrors
from jobyard_server.access.permissions import may
from jobyard_server.changes.apply import apply_plan
from jobyard_server.form_bytes import sent_fields
from jobyard_server.presets.errors import InvalidName, MaybeSensitive
from jobyard_server.presets.saving import Wanted, save_preset
from jobyard_server.registry.models import Job
from jobyard_server.runs.checks import RunRequest
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import CannotApply, InvalidQueue, NotAllowedToRun, NoWorker, RunRefused
from jobyard_server.runs.models import JobResult
from jobyard_server.schedules.errors import InvalidSchedule, ScheduleRefused
from jobyard_server.schedules.models import ScheduledJob
from jobyard_server.schedules.request import accept
from jobyard_server.schedules.wish import read_wish
from jobyard_server.ui.jobs.job_page import job_page
from jobyard_server.ui.jobs.run_page import (
    CHANGED,
    DRY_RUN_GONE,
    NO_WORKER,
    NOT_ALLOWED,
    Filled,
    applied_preset,
    names_of,
    refused,
)
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.apply_fields import APPLIES, SAME_PLAN, apply_fields, dry_run_of
from jobyard_server.ui.run_form.build import COMMIT, QUEUE
from jobyard_server.ui.run_form.check import live_errors
from jobyard_server.ui.run_form.controls import is_checked
from jobyard_server.ui.run_form.preset_fields import APPLIED, NAME, REMEMBER, SHARED
from jobyard_server.ui.run_form.schedule_fields import sent_schedule
from jobyard_server.ui.run_form.selections import SEARCH, SEARCHED
from jobyard_server.ui.run_form.values import is_ticked, submitted_values

NAMES: Final = "_variables"  #: Hidden field: the variables that the form was made of.
RELOAD: Final = "_reload"  #: Button: show the form again with the lists that fit what is chosen.
CHECK: Final = "_check"  #: Name of the one variable that shall be checked.


def answer_form(request: PageRequest, job: Job) -> HttpResponse:
    """Do what the button says that was pressed; what is no other button runs the job."""
    buttons: Mapping[str, Callable[[PageRequest, Job], HttpResponse]] = {
        CHECK: check_input,
        RELOAD: update_lists,
        REMEMBER: remember_inputs,
    }
    pressed = next((name for name in buttons if name in request.POST), "")
    if not pressed and _has_new_words(request.POST):
        pressed = RELOAD  # somebody typed a search and pressed Enter: that shall not run anything
    return buttons.get(pressed, run_job)(request, job)


def _has_new_words(sent: QueryDict) -> bool:
    names = [name.removeprefix(SEARCH) for name in sent if name.startswith(SEARCH)]
    return any(sent[SEARCH + name] != sent.get(SEARCHED + name, "") for name in names)


def check_input(request: PageRequest, job: Job) -> HttpResponse:
    """The messages for one field as it is now, by the rules of a run."""
    name = request.POST[CHECK]
    variable = next((item for item in job.spec.variables if item.name == name), None)
    if variable is None or not is_checked(variable):
        raise Http404
    errors = live_errors(variable, sent_fields(request).get(name, ""))
    return render(request, "ui/_field_error.html", {"errors": errors})


def update_lists(request: PageRequest, job: Job) -> HttpResponse:
    """The form as it was sent, with the lists that fit what is chosen; nothing is run."""
    return job_page(request, job, _as_sent(request, job, {}))


def remember_inputs(request: PageRequest, job: Job) -> HttpResponse:
    """Keep what is filled in as a preset; nothing is run."""
    if not may(request.user, "run", job):
        raise PermissionDenied(NOT_ALLOWED)
    wanted = Wanted(
        name=request.POST.get(NAME, ""),
        data=submitted_values(job.spec, sent_fields(request)),
        commit=is_ticked(request.POST, COMMIT),
        task_queue=request.POST.get(QUEUE, ""),
        is_shared=is_ticked(request.POST, SHARED),
    )
    try:
        preset = save_preset(job, request.user, wanted, applied=_id_of(request.POST.get(APPLIED, "")))
    except InputErrors as exc:
        return _not_remembered(request, job, exc.errors if isinstance(exc.errors, dict) else {}, {})
    except InvalidName as exc:
        return _not_remembered(request, job, {}, {NAME: [str(exc)]})
    except MaybeSensitive as exc:
        return job_page(request, job, _as_sent(request, job, {}), banner=str(exc), status=409)
    messages.success(request, f"Remembered as {preset.name}. Files and secrets were not kept.")
    return redirect(f"{reverse('ui:show_job', args=[job.class_path])}?preset={preset.pk}")


def _not_remembered(
    request: PageRequest, job: Job, errors: Mapping[str, list[str]], of_name: Mapping[str, list[str]]
) -> HttpResponse:
    filled = _as_sent(request, job, errors)
    return job_page(request, job, replace(filled, state=replace(filled.state, preset_errors=of_name)))


def _as_sent(
    request: PageRequest,
    job: Job,
    errors: Mapping[str, list[str]],
    of_schedule: Mapping[str, list[str]] = MappingProxyType({}),
) -> Filled:
    sent = request.POST
    state = refused(job.spec, sent, errors, of_schedule)
    dry_run = dry_run_of(job, sent.get(APPLIES, ""), request.user)
    if dry_run is not None:
        state = replace(state, applies=apply_fields(dry_run, sent))
    applied = applied_preset(job, sent.get(APPLIED, ""), request.user)
    return Filled(state=state, applied=applied, dry_run=dry_run)


def _id_of(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def run_job(request: PageRequest, job: Job) -> HttpResponse:
    """Start a run with what the form sent; a refused form comes back as it was, with what is wrong."""
    spec = job.spec
    if request.POST.get(NAMES, names_of(spec)) != names_of(spec):
        return job_page(request, job, _as_sent(request, job, {}), banner=CHANGED, status=409)
    try:
        accepted = _accept(request, job)
    except NotAllowedToRun as exc:
        raise PermissionDenied(NOT_ALLOWED) from exc
    except (InputErrors, RunRefused, ScheduleRefused) as exc:
        return _refusal(request, job, exc)
    if isinstance(accepted, ScheduledJob):
        return _to_schedule(request, accepted)
    return redirect("ui:show_result", accepted.pk)


def _accept(request: PageRequest, job: Job) -> JobResult | ScheduledJob:
    """
    A run now or later, or one that applies a dry run.

    Raises:
        RunRefused, ScheduleRefused: It was not accepted.
        InputErrors: The inputs do not fit.
    """
    asked = _run_request(request, job)
    if APPLIES not in request.POST:
        return accept(asked, read_wish(sent_schedule(request.POST)))
    dry_run = dry_run_of(job, request.POST[APPLIES], request.user)
    if dry_run is None:
        raise CannotApply(DRY_RUN_GONE)
    return apply_plan(
        dry_run,
        request.user,
        require_same_plan=is_ticked(request.POST, SAME_PLAN),
        request=asked.request,
        data=asked.data,
        files=asked.files,
        from_form=True,
    )


def _refusal(request: PageRequest, job: Job, exc: InputErrors | RunRefused | ScheduleRefused) -> HttpResponse:
    """The form with what is wrong, at its field where it has one."""
    show = partial(_as_sent, request, job)
    match exc:
        case InputErrors() if isinstance(exc.errors, dict):
            return job_page(request, job, show(exc.errors))
        case InputErrors():
            return job_page(request, job, show({}), banner=str(exc))
        case InvalidSchedule():
            return job_page(request, job, show({}, exc.errors))
        case InvalidQueue():
            return job_page(request, job, show({QUEUE: [str(exc)]}))
        case NoWorker():
            return job_page(request, job, show({}), banner=NO_WORKER, status=503)
        case _:
            return job_page(request, job, show({}), banner=str(exc), status=409)


def _to_schedule(request: PageRequest, schedule: ScheduledJob) -> HttpResponse:
    waits = "Nothing runs before somebody else approved it." if schedule.approval_required else ""
    messages.success(request, f"{schedule.name} is scheduled. {waits}".strip())
    if may(request.user, "view", schedule):
        return redirect("ui:show_schedule", schedule.pk)
    return redirect("ui:show_job", schedule.job_model.class_path)


def _run_request(request: PageRequest, job: Job) -> RunRequest:
    spec = job.spec
    return RunRequest(
        job=job,
        user=request.user,
        data=submitted_values(spec, sent_fields(request)),
        commit=is_ticked(request.POST, COMMIT),
        task_queue=request.POST.get(QUEUE, ""),
        files=_files(request, {item.name for item in spec.variables if item.kind == "FileVar"}),
        from_form=True,
        request=describe_request(request, spec, with_form=True),
    )


def _files(request: PageRequest, names: set[str]) -> dict[str, UploadedFile]:
    sent = {name: request.FILES.get(name) for name in names}
    return {name: file for name, file in sent.items() if isinstance(file, UploadedFile)}
