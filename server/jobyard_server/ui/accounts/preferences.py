"""What a reader prefers; it is kept in the browser, as one may sit at several places."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from jobyard_server.ui.accounts.tabs import tabs_for
from jobyard_server.ui.moments import known_zone, stamp, zone_names, zone_of_reader
from jobyard_server.ui.reader_zone import CHOSEN
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.fields import FormField, Option, OptionGroup

KEPT_SECONDS: Final = 365 * 24 * 60 * 60
UNKNOWN: Final = "There is no such time zone."
HELP: Final = "For all times on pages. A field of a form that takes a time says which zone it means."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def show_preferences(request: PageRequest) -> HttpResponse:
    """The form, and what it sends."""
    if request.method != "POST":
        return _page(request, request.COOKIES.get(CHOSEN, ""), [])
    wanted = request.POST.get("zone", "")
    if wanted and known_zone(wanted) is None:
        return _page(request, wanted, [UNKNOWN])
    answer = redirect("ui:show_preferences")
    _remember(answer, wanted)
    messages.success(request, "Times are shown by that clock from now on.")
    return answer


def _remember(answer: HttpResponse, zone: str) -> None:
    if not zone:
        answer.delete_cookie(CHOSEN)
        return
    answer.set_cookie(
        CHOSEN,
        zone,
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _page(request: PageRequest, chosen: str, errors: list[str]) -> HttpResponse:
    names = [Option(value=name, label=name, selected=name == chosen) for name in zone_names()]
    as_browser = Option(value="", label="As the browser says", selected=not chosen)
    field = FormField(
        name="zone",
        label="Time zone",
        control="select",
        groups=[OptionGroup(options=[as_browser, *names])],
        help=HELP,
        errors=errors,
    )
    context = {
        "tabs": tabs_for(request.user, "preferences"),
        "fields": [field],
        "error_count": len(errors),
        "zone": zone_of_reader(),
        "now": stamp(timezone.now()),
    }
    return render(request, "ui/accounts/show_preferences.html", context, status=400 if errors else 200)
