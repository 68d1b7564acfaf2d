"""Pressing a job button: asked about first where it says so, then a run as any other."""

from __future__ import annotations

import uuid
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jobyard.errors import InputErrors
from jobyard_server.access.permissions import may
from jobyard_server.receivers.models import JobButton
from jobyard_server.registry.lookup import jobs_to_run
from jobyard_server.runs.checks import RunRequest
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import NotAllowedToRun, RunRefused
from jobyard_server.schedules.errors import ScheduleRefused
from jobyard_server.schedules.models import ScheduledJob
from jobyard_server.schedules.request import accept
from jobyard_server.ui.inventory.addresses import has_pages
from jobyard_server.ui.inventory.reach import row_for
from jobyard_server.ui.receivers.buttons import ShownButton, shown_button
from jobyard_server.ui.requests import PageRequest

MAY_NOT = "You may not run {}. An administrator can give you the permission extras.run_job."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def press_button(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """
    Ask whether to start the job of a button with a row, or start it.

    Needs ``view`` on the row and ``run`` on the job; a button that the page of the row does not have is not
    there at all.
    """
    sent = request.POST if request.method == "POST" else request.GET
    row = _row(request, sent.get("object_type", ""), sent.get("object_id", ""))
    button = JobButton.objects.filter(pk=pk, content_types=ContentType.objects.get_for_model(row)).first()
    shown = shown_button(button, row) if button is not None else None
    if button is None or shown is None:
        raise Http404
    job = jobs_to_run().get(pk=button.job_id)
    if not may(request.user, "run", job):
        raise PermissionDenied(MAY_NOT.format(job))
    asked = _asked(request, job, shown)
    return _start(request, asked, row) if request.method == "POST" else _ask(request, asked, row, shown)


def _row(request: PageRequest, kind: str, key: str) -> Any:
    try:
        model = apps.get_model(kind)
        pk = uuid.UUID(key)
    except (LookupError, ValueError):
        raise Http404 from None
    if not has_pages(model):
        raise Http404
    return row_for(request.user, "view", model, pk)


def _asked(request: PageRequest, job: Any, shown: ShownButton) -> RunRequest:
    return RunRequest(
        job=job,
        user=request.user,
        data={"object_pk": shown.object_id, "object_model_name": shown.object_type},
        commit=True,
        request=describe_request(request, job.spec),
    )


def _ask(request: PageRequest, asked: RunRequest, row: Any, shown: ShownButton) -> HttpResponse:
    context = {"row": row, "job": asked.job, "shown": shown}
    return render(request, "ui/receivers/press_button.html", context)


def _start(request: PageRequest, asked: RunRequest, row: Any) -> HttpResponse:
    try:
        accepted = accept(asked, None)
    except NotAllowedToRun as exc:
        raise PermissionDenied(MAY_NOT.format(asked.job)) from exc
    except (RunRefused, ScheduleRefused, InputErrors) as exc:
        messages.error(request, f"{asked.job} was not started. {exc}")
        return redirect(row.get_absolute_url())
    if isinstance(accepted, ScheduledJob):
        messages.success(request, f"{asked.job} waits for an approval; nothing runs before.")
        return redirect(row.get_absolute_url())
    return redirect("ui:show_result", accepted.pk)
