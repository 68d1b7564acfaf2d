"""The queues, and the workers: what each of them runs, and which code it has."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobyard_server.access.permissions import restrict
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import Component, JobResult
from jobyard_server.runs.queue_states import queue_states
from jobyard_server.runs.workers import workers
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest


@require_safe
@never_cache
def list_workers(request: PageRequest) -> HttpResponse:
    """All queues, and all workers that gave a sign of life lately; the dead are marked until forgotten."""
    require(request.user, "view", Component)
    visible = restrict(JobResult.objects.select_related("job_model", "user"), request.user, "view")
    found = workers(restrict(Component.objects.all(), request.user, "view"), visible)
    jobs = restrict(Job.objects.filter(installed=True), request.user, "view")
    queues = queue_states(found, jobs, visible.select_related(None))
    context = {
        "workers": found,
        "alive_count": sum(worker.is_alive for worker in found),
        "queues": queues,
        "stuck": [queue for queue in queues if queue.is_stuck],
    }
    return render(request, "ui/workers/list_workers.html", context)
