"""What happened lately, each as far as the reader may see it and no more than a handful."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.registry.favourite_models import FavouriteJob
from jobyard_server.registry.history_models import PUBLISHED, WAITING, RevisionEvent
from jobyard_server.registry.models import GitRepository, Job
from jobyard_server.registry.visible import visible_folders
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.jobs.listing import HEAVY, ORDER
from jobyard_server.ui.revisions.timeline import TimelineLine, line_of

LATELY: Final = 8  #: Lines of each part.
OWN: Final = 5  #: Runs of whoever looks.
TO_BEGIN: Final = 3  #: Jobs for a first run.
DAYS: Final = 7  #: A failure that is older is no news.
FAILURES: Final = (statuses.FAILED, statuses.ERRORED, statuses.TIMED_OUT)


def active_and_failed(user: User) -> dict[str, Any]:
    """Results that are not at their end, and those that ended badly; a push that is held did not."""
    rows = JobResult.objects.select_related("job_model", "user", "obj_type").defer(*HEAVY)
    results = restrict(rows, user, "view").order_by("-created")
    since = timezone.now() - timedelta(days=DAYS)
    held = RevisionEvent.objects.filter(kind=WAITING, result=OuterRef("pk"))
    failed = results.filter(status__in=FAILURES).exclude(Exists(held))
    active = list(results.filter(status__in=statuses.ACTIVE)[: LATELY + 1])
    return {
        "active": active[:LATELY],
        "more_active": len(active) > LATELY,
        "failed": list(failed.filter(created__gte=since)[:LATELY]),
        "failed_days": DAYS,
    }


def own_runs(user: User, told: list[JobResult]) -> dict[str, Any]:
    """The last runs of *user* that ended and were not *told* yet; jobs to begin with while nobody ran any."""
    rows = restrict(JobResult.objects.filter(job_model__isnull=False), user, "view")
    mine = rows.filter(user=user.pk, status__in=statuses.TERMINAL).order_by("-created")
    mine = mine.exclude(pk__in=[result.pk for result in told])
    mine = mine.select_related("job_model", "user", "obj_type").defer(*HEAVY)
    return {"own": list(mine[:OWN]), "runnable": [] if rows.exists() else _runnable(user)}


def _runnable(user: User) -> list[Job]:
    jobs = restrict(restrict(Job.objects.all(), user, "view"), user, "run")
    shown = jobs.filter(installed=True, enabled=True, hidden=False).select_related("module__source")
    return list(shown.defer("spec_json", "module__load_error").order_by(*ORDER)[:TO_BEGIN])


def published(user: User) -> list[TimelineLine]:
    """The newest publications of the sources that *user* may see; one that changed no revision is no news."""
    repositories = restrict(GitRepository.objects.all(), user, "view").order_by()
    visible = Q(source__git_repository__in=repositories) | Q(source__in=visible_folders(user).order_by())
    events = RevisionEvent.objects.filter(visible, kind=PUBLISHED).exclude(previous=F("revision"))
    events = events.defer("files", "broken_inputs")
    events = events.select_related("revision__source", "source__git_repository", "user")
    return [line_of(event, event.source) for event in events.order_by("-created")[:LATELY]]


def favourites(user: User) -> list[Job]:
    """The jobs that *user* marked, newest mark first."""
    marks = FavouriteJob.objects.filter(user=user.pk).order_by("-created")
    jobs = restrict(Job.objects.filter(installed=True), user, "view")
    found = marks.filter(job__in=jobs.order_by()).select_related("job__module__source")
    return [mark.job for mark in found.defer("job__spec_json", "job__module__load_error")[:LATELY]]
