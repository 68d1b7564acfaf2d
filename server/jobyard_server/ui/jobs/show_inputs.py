"""What a job takes: its variables, and how programs call it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobyard_server.ui.jobs.example_call import example_of
from jobyard_server.ui.jobs.head import INPUTS, head_of, visible_job_or_404
from jobyard_server.ui.jobs.variable_facts import facts_of
from jobyard_server.ui.requests import PageRequest


@require_safe
def show_job_inputs(request: PageRequest, class_path: str) -> HttpResponse:
    """A table of the variables, and the same run by REST and by command."""
    job = visible_job_or_404(request.user, class_path)
    spec = job.spec
    base = request.build_absolute_uri("/").rstrip("/")
    context = {
        **head_of(request.user, job, INPUTS),
        "variables": [facts_of(variable) for variable in spec.ordered_variables],
        "example": example_of(job.class_path, spec, base),
        "spec": spec,
    }
    return render(request, "ui/jobs/show_inputs.html", context)
