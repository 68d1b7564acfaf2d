"""Results: the list, one of them with its log, and what can be done with it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jobyard.errors import InputErrors
from jobyard.events import LEVELS
from jobyard_server.access.permissions import restrict
from jobyard_server.runs.again import LATEST, SAME, run_again
from jobyard_server.runs.cancel import request_cancel
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import AlreadyEnded, RunRefused
from jobyard_server.runs.kept_inputs import kept_inputs
from jobyard_server.runs.log_filter import LogFilter, rows_of
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.provenance import provenance
from jobyard_server.ui.changes.plan_view import plan_of
from jobyard_server.ui.jobs.listing import HEAVY
from jobyard_server.ui.keyset import newest_first
from jobyard_server.ui.permitted import require, visible_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.results.filters import CHOICES, ResultFilter
from jobyard_server.ui.results.log_page import AROUND, LogPage, page_after, page_before
from jobyard_server.ui.results.summary import summarise
from jobyard_server.ui.results.trouble import trouble_of
from jobyard_server.ui.schedules.words import labelled_inputs

PAGE_SIZE = 50


@require_safe
@never_cache
def list_results(request: PageRequest) -> HttpResponse:
    """All results, syncs included, newest first."""
    require(request.user, "view", JobResult)
    wanted = ResultFilter.from_query(request.GET)
    results = JobResult.objects.select_related("job_model", "user", "obj_type").defer(*HEAVY)
    found = wanted.apply(restrict(results, request.user, "view"))
    page = newest_first(found, request.GET, size=PAGE_SIZE)
    context = {
        "page": page,
        "wanted": wanted,
        "choices": CHOICES,
        "newer": wanted.query(after=page.newer),
        "older": wanted.query(before=page.older),
    }
    return render(request, "ui/results/list_results.html", context)


@require_safe
@never_cache
def show_result(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """One result, live while it is not at its end."""
    result = result_or_404(request, pk)
    wanted = LogFilter.from_query(request.GET)
    page = _asked_page(request, result, wanted)
    summary = summarise(result, request.user)
    context = {
        "summary": summary,
        "result": result,
        "plan": plan_of(result, request.user),
        "page": page,
        "wanted": wanted,
        "levels": LEVELS,
        "provenance": provenance(result, summary.files),
        "inputs": _inputs(result, request),
        "trouble": trouble_of(result),
        "is_live": not result.is_terminal and page.later is None,
        "shown": len(page.rows),
        "last_sequence": page.last_sequence,
    }
    return render(request, "ui/results/show_result.html", context)


@require_safe
@never_cache
def show_output(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """The whole output as a file: text of a job, so it must never be taken for a page."""
    result = result_or_404(request, pk)
    return HttpResponse(
        result.output,
        content_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="output-{result.pk}.txt"',
            "Content-Security-Policy": "sandbox",
        },
    )


@require_POST
def cancel_result(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """Ask a run to stop."""
    result = result_or_404(request, pk)
    if not result.is_terminal and not summarise(result, request.user).may_cancel:
        raise PermissionDenied("Only whoever started a run, or may change results, can cancel it.")
    try:
        request_cancel(result, request.user)
    except AlreadyEnded:
        messages.info(request, "There was nothing to cancel: the run had ended already.")
    return redirect("ui:show_result", result.pk)


@require_POST
def run_result_again(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """The same inputs once more, with the code of then or of now."""
    result = result_or_404(request, pk)
    revision = SAME if request.POST.get("revision") == SAME else LATEST
    described = describe_request(request, result.job_model.spec) if result.job_model else {}
    try:
        made = run_again(result, request.user, revision=revision, request=described)
    except (RunRefused, InputErrors) as exc:
        messages.error(request, f"It was not started: {exc}")
        return redirect("ui:show_result", result.pk)
    return redirect("ui:show_result", made.pk)


@require_safe
def find_result(request: PageRequest, pk: uuid.UUID) -> HttpResponse:
    """The address that the list of results suggests leads to the page of the result."""
    address = reverse("ui:show_result", args=[result_or_404(request, pk).pk])
    asked = request.META.get("QUERY_STRING", "")
    return redirect(f"{address}?{asked}" if asked else address)


def result_or_404(request: PageRequest, pk: uuid.UUID) -> JobResult:
    require(request.user, "view", JobResult)
    rows = JobResult.objects.select_related(
        "job_model__module__source",
        "user",
        "obj_type",
        "source_model__git_repository",
        "revision__source__git_repository",
    )
    return visible_or_404(rows, request.user, pk=pk)


def _inputs(result: JobResult, request: PageRequest) -> list[tuple[str, str]]:
    """Label and value of those that were kept."""
    job = result.job_model
    return [] if job is None else labelled_inputs(job, kept_inputs(result), request.user)


def _asked_page(request: PageRequest, result: JobResult, wanted: LogFilter) -> LogPage:
    """The first page of a result that has ended, the last one of a live one, or the one that is asked for."""
    rows = rows_of(result, wanted)
    line = number(request.GET.get("line"))
    if line is not None:
        return page_after(rows, line - AROUND - 1)
    before, after = number(request.GET.get("before")), number(request.GET.get("after"))
    if after is not None:
        return page_after(rows, after)
    if before is not None or not result.is_terminal or "last" in request.GET:
        return page_before(rows, before)
    return page_after(rows, -1)


def number(text: str | None) -> int | None:
    """A sequence out of an address; None for anything that cannot be one."""
    if text is None or not text.removeprefix("-").isdigit() or not text.isascii():
        return None
    return max(min(int(text[:18]), 2**62), -1)
