"""The list of jobs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobyard_server.registry.models import Job
from jobyard_server.ui.jobs.filters import LAST_CHOICES, STATE_CHOICES, JobFilter
from jobyard_server.ui.jobs.listing import choices_for, count_hidden, read_page
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest


@require_safe
@never_cache
def list_jobs(request: PageRequest) -> HttpResponse:
    """A page of the jobs; htmx gets the list alone, for the search that narrows it while one types."""
    require(request.user, "view", Job)
    wanted = JobFilter.from_query(request.GET)
    page = read_page(request.user, wanted, _number(request.GET.get("page", "")))
    context = {
        "wanted": wanted,
        "page": page,
        "hidden_count": count_hidden(request.user),
        "links": _links(wanted, page.number, page.page_count),
        "here": f"{reverse('ui:list_jobs')}?{wanted.query(page=str(page.number))}",
    }
    if request.htmx:
        response = render(request, "ui/jobs/_list.html", context)
        # The address without the fields that were left empty.
        response["HX-Replace-Url"] = f"{reverse('ui:list_jobs')}?{wanted.query()}".rstrip("?")
    else:
        context |= {"states": STATE_CHOICES, "lasts": LAST_CHOICES, **choices_for(request.user)}
        response = render(request, "ui/jobs/list_jobs.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _links(wanted: JobFilter, number: int, page_count: int) -> dict[str, str]:
    """Query strings of the pages around, and of the list with and without hidden jobs."""
    return {
        "previous": wanted.query(page=str(number - 1)) if number > 1 else "",
        "next": wanted.query(page=str(number + 1)) if number < page_count else "",
        "with_hidden": wanted.query(hidden="1"),
        "without_hidden": wanted.query(hidden=""),
    }


def _number(text: str) -> int:
    """The page out of an address; 1 for what is no number."""
    return int(text[:6]) if text.isascii() and text.isdigit() else 1
