"""The settings page of administrators."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobyard_server.ui.accounts.tabs import tabs_for
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.settings.overview import facts, option_lines

ONLY_SUPERUSERS = "Only superusers may see how jobyard is configured."


@require_safe
@never_cache
def show_settings(request: PageRequest) -> HttpResponse:
    """Every option with its value in this process; those that somebody set come first."""
    if not request.user.is_superuser:
        raise PermissionDenied(ONLY_SUPERUSERS)
    search = request.GET.get("q", "").strip()[:200]
    lines = option_lines(settings.JOBYARD, search.split())
    context = {
        "tabs": tabs_for(request.user, "settings"),
        "facts": facts(settings.JOBYARD),
        "search": search,
        "parts": [
            ("set", "Set here", [line for line in lines if line.origin]),
            ("defaults", "Defaults", [line for line in lines if not line.origin]),
        ],
        "count": len(lines),
    }
    return render(request, "ui/settings/show_settings.html", context)
