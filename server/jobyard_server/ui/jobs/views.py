"""The list of jobs, and the page of one job with its form."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_http_methods, require_safe

from jobyard.errors import InputErrors
from jobyard_server.access.permissions import may
from jobyard_server.registry.errors import JobNotFound
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import Job
from jobyard_server.runs.describe_request import describe_request
from jobyard_server.runs.errors import InvalidQueue, NotAllowedToRun, NoWorker, RunRefused
from jobyard_server.runs.submit import RunRequest, submit
from jobyard_server.ui.jobs.listing import count_hidden, list_groups
from jobyard_server.ui.jobs.run_page import (
    CHANGED,
    NO_WORKER,
    NOT_ALLOWED,
    names_of,
    obstacle,
    prefill,
    recent_runs,
    refused,
)
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.build import COMMIT, QUEUE, FormState, build_fields
from jobyard_server.ui.run_form.values import is_ticked, submitted_values

NAMES = "_variables"  #: Hidden field: the variables that the form was made of.


@require_safe
def list_jobs(request: PageRequest) -> HttpResponse:
    """All jobs; htmx gets the list alone, for the search that filters while one types."""
    require(request.user, "view", Job)
    search, with_hidden = request.GET.get("q", "").strip()[:200], request.GET.get("hidden") == "1"
    groups = list_groups(request.user, search=search, with_hidden=with_hidden)
    context = {
        "groups": groups,
        "count": sum(len(group.lines) for group in groups),
        "broken": [module for group in groups for module in group.broken_modules],
        "search": search,
        "with_hidden": with_hidden,
        "hidden_count": count_hidden(request.user),
    }
    response = render(request, "ui/jobs/_list.html" if request.htmx else "ui/jobs/list_jobs.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def show_job(request: PageRequest, class_path: str) -> HttpResponse:
    """One job: its form on GET, a run on POST."""
    require(request.user, "view", Job)
    job = _job_or_404(class_path)
    if not may(request.user, "view", job):
        raise Http404
    if request.method == "POST":
        return run_job(request, job)
    if job.class_path != class_path:
        return redirect(_address(request, job))
    filled = prefill(job, job.spec, request.GET, request.user)
    return _page(request, job, filled.state, remark=filled.remark)


def run_job(request: PageRequest, job: Job) -> HttpResponse:
    """Start a run with what the form sent; a refused form comes back as it was, with what is wrong."""
    spec = job.spec
    if request.POST.get(NAMES, names_of(spec)) != names_of(spec):
        return _page(request, job, refused(spec, request.POST, {}), banner=CHANGED, status=409)
    try:
        result = submit(_run_request(request, job))
    except NotAllowedToRun as exc:
        raise PermissionDenied(NOT_ALLOWED) from exc
    except InputErrors as exc:
        return _page_with_errors(request, job, exc)
    except InvalidQueue as exc:
        return _page(request, job, refused(spec, request.POST, {QUEUE: [str(exc)]}))
    except RunRefused as exc:
        banner, status = (NO_WORKER, 503) if isinstance(exc, NoWorker) else (str(exc), 409)
        return _page(request, job, refused(spec, request.POST, {}), banner=banner, status=status)
    return redirect("ui:show_result", result.pk)


def _run_request(request: PageRequest, job: Job) -> RunRequest:
    spec = job.spec
    return RunRequest(
        job=job,
        user=request.user,
        data=submitted_values(spec, request.POST),
        commit=is_ticked(request.POST, COMMIT),
        task_queue=request.POST.get(QUEUE, ""),
        files=_files(request, {item.name for item in spec.variables if item.kind == "FileVar"}),
        from_form=True,
        request=describe_request(request, spec, with_form=True),
    )


def _files(request: PageRequest, names: set[str]) -> dict[str, UploadedFile]:
    sent = {name: request.FILES.get(name) for name in names}
    return {name: file for name, file in sent.items() if isinstance(file, UploadedFile)}


def _page_with_errors(request: PageRequest, job: Job, refusal: InputErrors) -> HttpResponse:
    if isinstance(refusal.errors, list):
        return _page(request, job, refused(job.spec, request.POST, {}), banner=str(refusal))
    return _page(request, job, refused(job.spec, request.POST, refusal.errors))


def _page(
    request: PageRequest, job: Job, state: FormState, *, banner: str = "", remark: str = "", status: int = 200
) -> HttpResponse:
    spec = job.spec
    fields = build_fields(spec, state, request.user)
    context: dict[str, Any] = {
        "job": job,
        "spec": spec,
        "module": job.module,
        "fields": fields,
        "error_count": sum(1 for field in fields if field.errors),
        "variable_names": names_of(spec),
        "takes_files": any(variable.kind == "FileVar" for variable in spec.variables),
        "obstacle": obstacle(job, spec, request.user),
        "banner": banner,
        "remark": remark,
        "recent_runs": recent_runs(job, request.user),
    }
    return render(request, "ui/jobs/show_job.html", context, status=status)


def _job_or_404(class_path: str) -> Job:
    try:
        return find_job(class_path)
    except JobNotFound as exc:
        raise Http404 from exc


def _address(request: HttpRequest, job: Job) -> str:
    query = request.META.get("QUERY_STRING", "")
    address = reverse("ui:show_job", args=[job.class_path])
    return f"{address}?{query}" if query else address
