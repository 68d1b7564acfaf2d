"""Schedules and requests for approval: the list, one of them, and what can be decided about it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jobyard_server.access.permissions import may, restrict
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import RunRefused
from jobyard_server.runs.models import JobResult
from jobyard_server.schedules import changes
from jobyard_server.schedules.approval import approve, deny, try_out, waiting_for
from jobyard_server.schedules.errors import ScheduleRefused, StartIsPast
from jobyard_server.schedules.models import APPROVED, DENIED, PENDING, ScheduledJob
from jobyard_server.ui.jobs.listing import HEAVY
from jobyard_server.ui.keyset import newest_first
from jobyard_server.ui.permitted import require, require_on, visible_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.schedules.words import interval_words, shown_inputs

PAGE_SIZE = 50
RECENT = 10  #: Runs and times on the page of a schedule.
PAST = "Its start time is over. Approve it again with “also if its time is over” to run it now."
VIEWS = {
    "": Q(),
    "active": Q(next_at__isnull=False),
    "waiting": Q(approval=PENDING),
    "over": Q(next_at__isnull=True) & ~Q(approval=PENDING),
}
VIEW_WORDS = {
    "": "Any state",
    "active": "Active",
    "waiting": "Waiting for approval",
    "over": "Disabled or over",
}


@require_safe
@never_cache
def list_schedules(request: PageRequest) -> HttpResponse:
    """All schedules and requests, newest first."""
    require(request.user, "view", ScheduledJob)
    view = request.GET.get("view", "")
    rows = ScheduledJob.objects.select_related("job_model__module__source", "user")
    found = restrict(rows, request.user, "view").filter(VIEWS.get(view, Q()))
    context = {
        "page": newest_first(found, request.GET, size=PAGE_SIZE),
        "view": view,
        "views": VIEW_WORDS.items(),
        "waiting_count": waiting_for(request.user).count(),
    }
    return render(request, "ui/schedules/list_schedules.html", context)


@require_safe
@never_cache
def show_schedule(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """One schedule: when it runs, with what, what became of it, and what can be decided."""
    schedule = _schedule_or_404(request, pk)
    results = restrict(JobResult.objects.filter(schedule=schedule), request.user, "view")
    context = {
        "schedule": schedule,
        "interval": interval_words(schedule),
        "inputs": shown_inputs(schedule, request.user),
        "next_times": schedule.rule.next_ten(timezone.now()) if schedule.next_at else [],
        "results": results.select_related("job_model", "user", "obj_type").defer(*HEAVY)[:RECENT],
        "skipped": schedule.occurrences.filter(outcome="skipped")[:RECENT],
        **_rights(request, schedule),
    }
    return render(request, "ui/schedules/show_schedule.html", context)


@require_POST
def switch_schedule(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """On or off."""
    schedule = _schedule_or_404(request, pk)
    require_on(request.user, "change", schedule)
    is_on = request.POST.get("enabled") == "true"
    changes.change_schedule(schedule, request.user, enabled=is_on)
    word = "enabled" if is_on else "disabled; it stays here and can be enabled again"
    messages.success(request, f"{schedule.name} is {word}.")
    return redirect("ui:show_schedule", pk)


@require_POST
def decide_schedule(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Approve, deny, or try it out first."""
    schedule = _schedule_or_404(request, pk)
    try:
        return _decide(request, schedule)
    except StartIsPast:
        messages.error(request, PAST)
    except (ScheduleRefused, RunRefused) as exc:
        messages.error(request, str(exc))
    return redirect("ui:show_schedule", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_schedule(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask once, then forget it; its results stay."""
    schedule = _schedule_or_404(request, pk)
    require_on(request.user, "delete", schedule)
    if request.method == "POST":
        changes.delete_schedule(schedule, by=request.user)
        messages.success(request, f"{schedule.name} was deleted. The results of its runs are still there.")
        return redirect("ui:list_schedules")
    return render(request, "ui/schedules/delete_schedule.html", {"schedule": schedule})


def _decide(request: PageRequest, schedule: ScheduledJob) -> HttpResponse:
    match request.POST.get("decision"):
        case "approve":
            approve(schedule, request.user, force=request.POST.get("force") == "on")
            messages.success(request, f"{schedule.name} is approved.")
        case "deny":
            deny(schedule, request.user)
            messages.success(request, f"{schedule.name} is denied and never runs.")
        case "dry-run":
            described = describe_request(request, schedule.job_model.spec)
            result = try_out(schedule, request.user, described=described)
            return redirect("ui:show_result", result.pk)
        case _:
            messages.error(request, "Choose what to decide.")
    return redirect("ui:show_schedule", schedule.pk)


def _schedule_or_404(request: PageRequest, pk: uuid.UUID) -> ScheduledJob:
    require(request.user, "view", ScheduledJob)
    rows = ScheduledJob.objects.select_related("job_model__module__source", "user", "decided_by", "revision")
    return visible_or_404(rows, request.user, pk=pk)


def _rights(request: PageRequest, schedule: ScheduledJob) -> dict[str, Any]:
    user, job = request.user, schedule.job_model
    may_change, may_delete = may(user, "change", schedule), may(user, "delete", schedule)
    decides = schedule.is_waiting_for_approval and may(user, "approve", job)
    is_own = schedule.user_id == user.pk
    return {
        "may_delete": may_delete,
        "may_switch": may_change and schedule.approval != DENIED and not schedule.is_one_off,
        "may_approve": decides and may_change and not is_own,
        "may_deny": decides and may_delete,
        "may_try": schedule.is_waiting_for_approval and may(user, "run", job),
        "is_own_request": decides and is_own,
        "is_decided": schedule.approval in (APPROVED, DENIED),
        "is_past": schedule.start_time is not None and schedule.start_time < timezone.now(),
    }
