"""The runs of one job."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobyard_server.access.permissions import restrict
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.jobs.chart import chart_of
from jobyard_server.ui.jobs.head import HISTORY, head_of, visible_job_or_404
from jobyard_server.ui.jobs.listing import HEAVY
from jobyard_server.ui.keyset import newest_first
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest

PAGE_SIZE = 50


@require_safe
@never_cache
def show_job_history(request: PageRequest, class_path: str) -> HttpResponse:
    """How the newest runs went, as a chart, and all of them as a list."""
    job = visible_job_or_404(request.user, class_path)
    require(request.user, "view", JobResult)
    runs = restrict(JobResult.objects.filter(job_model=job), request.user, "view")
    page = newest_first(runs.select_related("user").defer(*HEAVY), request.GET, size=PAGE_SIZE)
    context = {**head_of(request.user, job, HISTORY), "page": page, "chart": chart_of(runs)}
    return render(request, "ui/jobs/show_history.html", context)
