"""One preset: what it holds, its name, who may use it, and its end."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jobyard_server.access.permissions import may
from jobyard_server.presets.errors import InvalidName
from jobyard_server.presets.models import JobPreset
from jobyard_server.presets.saving import change_preset
from jobyard_server.presets.using import may_manage, presets_for
from jobyard_server.registry.models import Job
from jobyard_server.registry.saved_inputs import misfits, of_preset
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.fields import FormField
from jobyard_server.ui.run_form.preset_fields import NAME, NAME_LIMIT, SHARED, shared_field
from jobyard_server.ui.run_form.values import is_ticked
from jobyard_server.ui.schedules.words import labelled_inputs

NOT_YOURS = "Only whoever saved a preset, or may {} presets, can do that."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_preset(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """What it holds; POST renames and shares it."""
    preset = _preset_or_404(request, pk)
    if request.method != "POST":
        return _page(request, preset, _fields(preset.name, is_shared=preset.is_shared))
    _require(request, preset, "change")
    name, is_shared = request.POST.get(NAME, ""), is_ticked(request.POST, SHARED)
    try:
        change_preset(preset, name=name, is_shared=is_shared)
    except InvalidName as exc:
        preset.refresh_from_db()
        return _page(request, preset, _fields(name, is_shared=is_shared, errors=[str(exc)]))
    messages.success(request, f"{preset.name} was saved.")
    return redirect("ui:show_preset", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_preset(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask once, then forget it."""
    preset = _preset_or_404(request, pk)
    _require(request, preset, "delete")
    if request.method == "POST":
        preset.delete()
        messages.success(request, f"The preset {preset.name} was deleted.")
        return redirect("ui:show_job", preset.job_model.class_path)
    return render(request, "ui/presets/delete_preset.html", {"preset": preset, "job": preset.job_model})


def _page(request: PageRequest, preset: JobPreset, fields: list[FormField]) -> HttpResponse:
    wrong = [field for field in fields if field.errors]
    context = {
        "preset": preset,
        "job": preset.job_model,
        "fields": fields,
        "wrong_fields": wrong,
        "error_count": len(wrong),
        "errors": misfits(preset.job_model.spec, of_preset(preset)),
        "inputs": labelled_inputs(preset.job_model, preset.inputs, request.user),
        "may_change": may_manage(preset, request.user, "change"),
        "may_delete": may_manage(preset, request.user, "delete"),
    }
    return render(request, "ui/presets/show_preset.html", context)


def _fields(name: str, *, is_shared: bool, errors: list[str] | None = None) -> list[FormField]:
    found = errors or []
    return [
        FormField(
            name=NAME, label="Name", value=name, attributes=NAME_LIMIT, errors=found, takes_focus=bool(found)
        ),
        shared_field(is_shared=is_shared),
    ]


def _preset_or_404(request: PageRequest, pk: uuid.UUID) -> JobPreset:
    require(request.user, "view", Job)
    found = JobPreset.objects.select_related("user", "job_model__module__source").filter(pk=pk).first()
    if found is None or not may(request.user, "view", found.job_model):
        raise Http404
    if not presets_for(found.job_model, request.user).filter(pk=pk).exists():
        raise Http404
    return found


def _require(request: PageRequest, preset: JobPreset, action: str) -> None:
    if not may_manage(preset, request.user, action):
        raise PermissionDenied(NOT_YOURS.format(action))
