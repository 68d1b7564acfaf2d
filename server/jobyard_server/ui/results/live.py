"""The piece of a result page that htmx fetches again and again while the run goes on."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_htmx.http import HTMX_STOP_POLLING

from jobyard_server.runs.log_filter import LogFilter, rows_of
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.changes.plan_view import plan_of
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.results.log_page import LogPage, page_after, page_before
from jobyard_server.ui.results.summary import summarise
from jobyard_server.ui.results.views import number, result_or_404

MOST_ON_PAGE: Final = 2_000  #: Rows in the browser; then the list starts anew with the last page.


@dataclass(frozen=True, kw_only=True)
class Update:
    """New rows, and whether they follow those on the page or replace them."""

    page: LogPage
    replaces: bool
    shown: int  #: Rows on the page afterwards.


@require_safe
@never_cache
def show_new_rows(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """The rows after ``?after=``, the head of the page, and 286 when there will be no more."""
    # The status before the rows: rows are stored first, so an ended run has all of them.
    result = result_or_404(request, pk)
    wanted = LogFilter.from_query(request.GET)
    update = _update(request, result, wanted)
    has_ended = result.is_terminal and update.page.later is None
    context = {
        "summary": summarise(result, request.user),
        "result": result,
        "page": update.page,
        "update": update,
        "plan": plan_of(result, request.user) if has_ended else None,
        "wanted": wanted,
        "shown": update.shown,
        "is_live": not has_ended,
        "has_ended": has_ended,
        "status_changed": request.GET.get("status", "") != result.status,
        "last_sequence": max(update.page.last_sequence, _after(request)),
    }
    status = HTMX_STOP_POLLING if has_ended else 200
    return render(request, "ui/results/_update.html", context, status=status)


def _update(request: PageRequest, result: JobResult, wanted: LogFilter) -> Update:
    rows = rows_of(result, wanted)
    page = page_after(rows, _after(request))
    total = max(number(request.GET.get("shown")) or 0, 0) + len(page.rows)
    if total <= MOST_ON_PAGE:
        return Update(page=page, replaces=False, shown=total)
    last = page_before(rows, None)
    return Update(page=last, replaces=True, shown=len(last.rows))


def _after(request: PageRequest) -> int:
    """Sequence of the last row on the page; -1 while there is none."""
    after = number(request.GET.get("after"))
    return -1 if after is None else after
