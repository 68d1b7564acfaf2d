"""The revisions that changed a job."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobyard_server.registry.history import changes_of_job, events_of_job
from jobyard_server.registry.models import Source
from jobyard_server.registry.visible import may_view_source
from jobyard_server.ui.jobs.head import REVISIONS, head_of, visible_job_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.revisions.timeline import line_of

MOST = 50  #: Events.


@require_safe
def show_job_revisions(request: PageRequest, class_path: str) -> HttpResponse:
    """What changed its file, its description or its inputs, newest first."""
    job = visible_job_or_404(request.user, class_path)
    source = Source.objects.select_related("git_repository").get(pk=job.module.source_id)
    events = list(events_of_job(job)[: MOST + 1])
    context = {
        **head_of(request.user, job, REVISIONS),
        "lines": [(line_of(event, source), changes_of_job(event, job)) for event in events[:MOST]],
        "has_more": len(events) > MOST,
        "may_view_source": may_view_source(request.user, source),
        "in_service": job.module.revision_id,
    }
    return render(request, "ui/jobs/show_revisions.html", context)
