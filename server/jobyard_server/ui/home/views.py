"""The first page: what ran lately, what is wrong, and how to begin when there is nothing yet."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.registry.models import GIT, GitRepository, Job, Module, Source
from jobyard_server.runs.components import component_states
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.jobs.listing import HEAVY
from jobyard_server.ui.repositories.state import SourceLine, git_lines, lines_of
from jobyard_server.ui.requests import PageRequest

LATELY = 8  #: Results on the page.

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
    context = {
        "may_view_jobs": may_view_jobs,
        "may_view_results": may(user, "view", JobResult),
        "may_add_repository": may(user, "add", GitRepository),
        "has_jobs": Job.objects.filter(installed=True).exists(),
        "jobs_root": settings.JOBYARD["JOBS_ROOT"],
        "missing_parts": _missing_parts(),
        **_results(user),
        **_troubles(user, may_view_jobs=may_view_jobs),
    }
    return render(request, "ui/home/show_home.html", context)


def _missing_parts() -> list[dict[str, str]]:
    states = component_states()
    missing = [kind for kind in MISSING if states.get(kind) == "missing"]
    return [{"kind": kind, "sentence": MISSING[kind]} for kind in missing]


def _results(user: User) -> dict[str, Any]:
    results = restrict(JobResult.objects.select_related("job_model", "user", "obj_type"), user, "view")
    results = results.defer(*HEAVY).order_by("-created")
    ended = results.filter(status__in=statuses.TERMINAL)
    return {"active": results.filter(status__in=statuses.ACTIVE)[:LATELY], "ended": ended[:LATELY]}


def _troubles(user: User, *, may_view_jobs: bool) -> dict[str, Any]:
    """Sources whose last sync failed, and modules that do not load."""
    lines = git_lines(user)
    if not may_view_jobs:
        return {"failed_sources": _failed(lines), "broken": []}
    lines += lines_of(Source.objects.exclude(kind=GIT))
    modules = Module.objects.filter(is_installed=True, load_error__isnull=False)
    broken = modules.select_related("source__git_repository", "revision").order_by("source__key", "name")
    return {"failed_sources": _failed(lines), "broken": broken}


def _failed(lines: list[SourceLine]) -> list[SourceLine]:
    return [line for line in lines if line.source.error]
