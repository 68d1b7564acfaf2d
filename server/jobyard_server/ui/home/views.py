"""The first page: what goes on, what is wrong, what is new, and how to begin when there is nothing yet."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.registry.models import GitRepository, Job, Module
from jobyard_server.registry.visible import visible_folders, visible_modules
from jobyard_server.runs.components import component_states
from jobyard_server.runs.models import JobResult
from jobyard_server.schedules.approval import waiting_for
from jobyard_server.ui.home.newest import LATELY, active_and_failed, favourites, own_runs, published
from jobyard_server.ui.repositories.state import git_lines, lines_of
from jobyard_server.ui.requests import PageRequest

MOST_TROUBLES = 5  #: Sources, and modules, that need attention.

#: What a missing part means for people.
MISSING = {
    "worker": "No worker is running, so nothing can be run.",
    "sync": "The sync daemon is not running, so new code is not noticed.",
    "scheduler": "The scheduler is not running; lost runs are not ended.",
}


@require_safe
@never_cache
def show_home(request: PageRequest) -> HttpResponse:
    user = request.user
    may_view_jobs = may(user, "view", Job)
    has_jobs = restrict(Job.objects.filter(installed=True), user, "view").exists()
    if request.htmx:  # the guide asks whether the first job is there
        return HttpResponseClientRefresh() if has_jobs else HttpResponse(status=HTTPStatus.NO_CONTENT)
    newest = active_and_failed(user)
    context = {
        "may_view_jobs": may_view_jobs,
        "may_view_results": may(user, "view", JobResult),
        "may_add_repository": may(user, "add", GitRepository),
        "has_jobs": has_jobs,
        "jobs_root": settings.JOBYARD["JOBS_ROOT"],
        "missing_parts": _missing_parts(),
        "waiting": waiting_for(user)[:LATELY],
        "published": published(user),
        "favourites": favourites(user),
        **newest,
        **own_runs(user, newest["failed"]),
        **_troubles(user, may_view_jobs=may_view_jobs),
    }
    return render(request, "ui/home/show_home.html", context)


def _missing_parts() -> list[dict[str, str]]:
    states = component_states()
    missing = [kind for kind in MISSING if states.get(kind) == "missing"]
    return [{"kind": kind, "sentence": MISSING[kind]} for kind in missing]


def _troubles(user: User, *, may_view_jobs: bool) -> dict[str, Any]:
    """Sources whose last sync failed, and modules that do not load."""
    lines = git_lines(user)
    broken = Module.objects.none()
    if may_view_jobs:
        lines += lines_of(visible_folders(user), user)
        broken = visible_modules(user).filter(is_installed=True, load_error__isnull=False)
    failed = [line for line in lines if line.source.error]
    broken = broken.select_related("source__git_repository", "revision").order_by("source__key", "name")
    told = list(broken[: MOST_TROUBLES + 1])
    return {
        "failed_sources": failed[:MOST_TROUBLES],
        "broken": told[:MOST_TROUBLES],
        "more_troubles": len(failed) > MOST_TROUBLES or len(told) > MOST_TROUBLES,
    }
