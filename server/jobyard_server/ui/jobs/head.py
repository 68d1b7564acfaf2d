"""What the pages of one job have in common: the job, its star, its tabs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404
from django.urls import reverse

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may
from jobyard_server.registry.errors import JobNotFound
from jobyard_server.registry.favourite_models import FavouriteJob
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import PLUGINS, Job
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.permitted import require

RUN, HISTORY, INPUTS, CODE, REVISIONS = "Run", "History", "Inputs", "Code", "Revisions"
_PAGES: Final = {
    RUN: "show_job",
    HISTORY: "show_job_history",
    INPUTS: "show_job_inputs",
    CODE: "show_job_source",
    REVISIONS: "show_job_revisions",
}


@dataclass(frozen=True, kw_only=True)
class JobTab:
    """One of the pages of a job."""

    label: str
    address: str
    is_here: bool


def visible_job_or_404(user: User, class_path: str) -> Job:
    """
    The job, with its module, source and revision loaded.

    Raises:
        PermissionDenied: *user* may view no job at all.
        Http404: There is none, or it is out of reach.
    """
    require(user, "view", Job)
    try:
        job = find_job(class_path)
    except JobNotFound as exc:
        raise Http404 from exc
    if not may(user, "view", job):
        raise Http404
    return job


def head_of(user: User, job: Job, here: str) -> dict[str, Any]:
    """The context of ``ui/jobs/_head.html``; *here* is the label of the tab."""
    tabs = [
        JobTab(label=label, address=reverse(f"ui:{name}", args=[job.class_path]), is_here=label == here)
        for label, name in _PAGES.items()
        if not _is_missing(label, job, user)
    ]
    is_favourite = FavouriteJob.objects.filter(user=user.pk, job=job).exists()
    return {"job": job, "job_tabs": tabs, "is_favourite": is_favourite}


def _is_missing(label: str, job: Job, user: User) -> bool:
    if label == CODE:
        return job.module.source.kind == PLUGINS  # installed packages are not read by the server
    return label == HISTORY and not may(user, "view", JobResult)
