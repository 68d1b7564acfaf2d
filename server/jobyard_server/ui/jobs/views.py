"""The page of one job: its form, and the run that it starts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from jobyard_server.registry.models import Job
from jobyard_server.ui.jobs.form_post import answer_form
from jobyard_server.ui.jobs.head import visible_job_or_404
from jobyard_server.ui.jobs.job_page import job_page
from jobyard_server.ui.jobs.run_page import prefill
from jobyard_server.ui.requests import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
def show_job(request: PageRequest, class_path: str) -> HttpResponse:
    """One job: its form on GET, what its buttons do on POST."""
    job = visible_job_or_404(request.user, class_path)
    if request.method == "POST":
        return answer_form(request, job)
    if job.class_path != class_path:
        return redirect(_address(request, job))
    return job_page(request, job, prefill(job, job.spec, request.GET, request.user))


def _address(request: HttpRequest, job: Job) -> str:
    query = request.META.get("QUERY_STRING", "")
    address = reverse("ui:show_job", args=[job.class_path])
    return f"{address}?{query}" if query else address
