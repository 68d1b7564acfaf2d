"""Everything jobs come from: the folder, the plugins, and the repositories in short."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobyard_server.access.permissions import may
from jobyard_server.registry.models import GIT, LOCAL, PLUGINS, GitRepository, Job, Module, Source
from jobyard_server.ui.permitted import require
from jobyard_server.ui.repositories.state import SourceLine, git_lines, lines_of
from jobyard_server.ui.requests import PageRequest


@require_safe
def list_sources(request: PageRequest) -> HttpResponse:
    """All sources, with the modules that do not load."""
    require(request.user, "view", Job)
    own = {line.source.kind: line for line in lines_of(Source.objects.exclude(kind=GIT))}
    context = {
        "local": own.get(LOCAL),
        "plugins": own.get(PLUGINS),
        "jobs_root": settings.JOBYARD["JOBS_ROOT"],
        "scan_seconds": settings.JOBYARD["LOCAL_SCAN_INTERVAL"],
        "plugin_names": settings.JOBYARD["PLUGINS"],
        "git_lines": git_lines(request.user),
        "may_add": may(request.user, "add", GitRepository),
        **_broken_by_kind(own.values()),
    }
    return render(request, "ui/sources/list_sources.html", context)


def _broken_by_kind(lines: Iterable[SourceLine]) -> dict[str, list[Module]]:
    keys: list[uuid.UUID] = [line.source.pk for line in lines if line.broken_count]
    modules = Module.objects.filter(source__in=keys, is_installed=True, load_error__isnull=False)
    broken = list(modules.select_related("source", "revision").order_by("name"))
    return {
        "local_broken": [module for module in broken if module.source.kind == LOCAL],
        "plugins_broken": [module for module in broken if module.source.kind == PLUGINS],
    }
