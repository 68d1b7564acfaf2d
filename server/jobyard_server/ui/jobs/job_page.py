"""The page of one job around a form in any state."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from jobyard.spec import JobSpec
from jobyard_server.presets.using import presets_for
from jobyard_server.registry.models import Job
from jobyard_server.runs.queues import queues_of
from jobyard_server.schedules.times import IMMEDIATELY
from jobyard_server.ui.jobs.head import RUN, head_of
from jobyard_server.ui.jobs.run_page import Filled, names_of, obstacle, recent_runs
from jobyard_server.ui.moments import zone_of_reader
from jobyard_server.ui.receivers.starters import starters_of
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.build import FormState, build_fields, grouped
from jobyard_server.ui.run_form.preset_fields import no_presets, preset_fields
from jobyard_server.ui.run_form.schedule_fields import reason_for_now_only, schedule_fields


def job_page(
    request: PageRequest, job: Job, filled: Filled, *, banner: str = "", status: int = 200
) -> HttpResponse:
    """The whole page; *banner* says why what was asked for did not happen."""
    context = {
        **head_of(request.user, job, RUN),
        "module": job.module,
        "recent_runs": recent_runs(job, request.user),
        "starters": starters_of(job, request.user),
        "banner": banner,
        "remark": filled.remark,
        **form_context(request, job, filled),
    }
    return render(request, "ui/jobs/show_job.html", context, status=status)


def form_context(request: PageRequest, job: Job, filled: Filled) -> dict[str, Any]:
    """What the run form itself needs."""
    spec, state = job.spec, filled.state
    fields = build_fields(spec, state, request.user)
    later = schedule_fields(state.schedule, state.schedule_errors)
    presets = preset_fields(state.preset, state.preset_errors)
    wrong = [field for field in [*fields, *later, *presets] if field.errors]
    return {
        "spec": spec,
        "groups": grouped(spec, fields),
        "is_choosing": any("data-choose" in field.attributes for field in fields),
        "has_lists_to_update": any(field.follows or field.search for field in fields),
        "wrong_fields": wrong,
        "error_count": len(wrong),
        "schedule_fields": later,
        "is_later": bool(state.schedule_errors) or _is_later(state),
        "now_only": reason_for_now_only(spec),
        "preset_fields": presets,
        "is_remembering": bool(state.preset_errors),
        "no_presets": no_presets(spec),
        "presets": [] if no_presets(spec) else list(presets_for(job, request.user)),
        "applied": filled.applied,
        "dry_run": filled.dry_run,
        "revision": filled.dry_run.revision if filled.dry_run else job.module.revision,
        "variable_names": names_of(spec),
        "zone": str(zone_of_reader()),
        "only_queue": _only_queue(spec),
        "takes_files": any(variable.kind == "FileVar" for variable in spec.variables),
        "obstacle": obstacle(job, spec, request.user),
    }


def _is_later(state: FormState) -> bool:
    return state.schedule is not None and state.schedule["interval"] != IMMEDIATELY


def _only_queue(spec: JobSpec) -> str:
    """The queue that nobody has to choose; empty for the usual one, of which nobody has to know."""
    queues = queues_of(spec)
    return queues[0] if len(queues) == 1 and queues[0] != "default" else ""
