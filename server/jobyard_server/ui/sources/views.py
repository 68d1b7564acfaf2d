"""Everything jobs come from: the folder, the plugins, and the repositories in short."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.registry.models import GIT, LOCAL, PLUGINS, GitRepository, Job, Source
from jobyard_server.registry.quarantine import quarantined
from jobyard_server.registry.refresh import ask_refresh, may_refresh
from jobyard_server.registry.source_steps import BEGUN
from jobyard_server.registry.visible import visible_folders, visible_modules
from jobyard_server.ui.permitted import require
from jobyard_server.ui.repositories.state import SourceLine, git_lines, lines_of
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.revisions.load_errors import BrokenModule, broken_modules
from jobyard_server.ui.revisions.steps import steps_of_source
from jobyard_server.ui.revisions.timeline import timeline


@require_safe
def list_sources(request: PageRequest) -> HttpResponse:
    """All sources, with the modules that do not load."""
    require(request.user, "view", Job)
    own = {line.source.kind: line for line in lines_of(visible_folders(request.user), request.user)}
    context = {
        "local": own.get(LOCAL),
        "plugins": own.get(PLUGINS),
        "jobs_root": settings.JOBYARD["JOBS_ROOT"],
        "scan_seconds": settings.JOBYARD["LOCAL_SCAN_INTERVAL"],
        "plugin_names": settings.JOBYARD["PLUGINS"],
        "git_lines": git_lines(request.user),
        "may_add": may(request.user, "add", GitRepository),
        **_broken_by_kind(request.user, own.values()),
    }
    return render(request, "ui/sources/list_sources.html", context)


@require_safe
def show_source(request: PageRequest, kind: str) -> HttpResponse:
    """The folder or the plugins: what does not load, the jobs, the timeline."""
    require(request.user, "view", Job)
    source = visible_folders(request.user).select_related("revision").filter(key=kind).first()
    if source is None:
        raise Http404
    if request.htmx:
        return _news(request, source)
    modules = visible_modules(request.user).filter(source=source, is_installed=True, load_error__isnull=False)
    jobs = restrict(Job.objects.filter(module__source=source, installed=True), request.user, "view")
    decidable = visible_folders(request.user, "change").filter(pk=source.pk, kind=LOCAL)
    context = {
        **_live_context(request, source),
        "may_refresh": may_refresh(request.user, source),
        "plugin_names": settings.JOBYARD["PLUGINS"] if kind == PLUGINS else [],
        "broken": broken_modules(modules.select_related("revision", "source__git_repository")),
        "jobs": jobs.select_related("module__source").defer("spec_json"),
        "timeline": timeline(source, request.GET.get("before", "")),
        "may_rollback": decidable.exists(),
        "quarantine": quarantined(source) if source.rolled_back_to else [],
    }
    return render(request, "ui/sources/show_source.html", context)


@require_POST
def refresh_source(request: PageRequest, kind: str) -> HttpResponse:
    """Have all of the folder or of the plugins read again."""
    source = get_object_or_404(Source.objects.exclude(kind=GIT), key=kind)
    if not may_refresh(request.user, source):
        raise PermissionDenied
    ask_refresh(source, request.user)
    messages.success(request, f"{source.title}: everything is being read again.")
    return redirect("ui:show_source", kind)


def _news(request: PageRequest, source: Source) -> HttpResponse:
    """For a page that is open: nothing, how far the sync is, or the whole page anew."""
    if request.GET.get("seen", "") != _seen(source):
        return HttpResponseClientRefresh()
    if request.GET.get("shown", "") == _shown(source):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "ui/sources/_live.html", _live_context(request, source))


def _live_context(request: PageRequest, source: Source) -> dict[str, Any]:
    line = lines_of(Source.objects.filter(pk=source.pk), request.user)[0]
    return {
        "source": source,
        "line": line,
        "state": line.state,
        "steps": steps_of_source(source),
        "seen": _seen(source),
        "shown": _shown(source),
        "scan_seconds": settings.JOBYARD["LOCAL_SCAN_INTERVAL"],
        "jobs_root": settings.JOBYARD["JOBS_ROOT"] if source.kind == LOCAL else "",
    }


def _seen(source: Source) -> str:
    decided, is_asked = source.pinned_to or source.rolled_back_to, source.refresh_asked is not None
    return f"{source.revision_id or ''}-{decided}-{bool(source.error):d}{is_asked:d}"


def _shown(source: Source) -> str:
    """How far the newest sync is."""
    return f"{source.is_syncing:d}{len(source.steps)}-{source.steps.get(BEGUN, '')}"


def _broken_by_kind(user: User, lines: Iterable[SourceLine]) -> dict[str, list[BrokenModule]]:
    keys: list[uuid.UUID] = [line.source.pk for line in lines if line.broken_count]
    modules = visible_modules(user).filter(source__in=keys, is_installed=True, load_error__isnull=False)
    rows = modules.select_related("source__git_repository", "revision").order_by("name")
    broken = broken_modules(rows)
    return {
        "local_broken": [item for item in broken if item.module.source.kind == LOCAL],
        "plugins_broken": [item for item in broken if item.module.source.kind == PLUGINS],
    }
