"""Mark a job as a favourite, or take the mark away."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from jobyard_server.registry.favourites import keep_favourite
from jobyard_server.registry.models import Job
from jobyard_server.ui.jobs.line_html import star
from jobyard_server.ui.permitted import require, visible_or_404
from jobyard_server.ui.requests import PageRequest


@require_POST
def mark_favourite(request: PageRequest) -> HttpResponse:
    """``add=<id>`` or ``remove=<id>``; htmx gets the new star, others go back to where they were."""
    require(request.user, "view", Job)
    wanted = "add" in request.POST
    job = visible_or_404(
        Job.objects.all(), request.user, pk=_key(request.POST.get("add" if wanted else "remove"))
    )
    keep_favourite(request.user, job, wanted=wanted)
    if request.htmx:
        return HttpResponse(star(job, is_favourite=wanted, is_answer=True))
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else "ui:list_jobs")


def _key(text: str | None) -> uuid.UUID:
    try:
        return uuid.UUID(text or "")
    except ValueError as exc:
        raise Http404 from exc
