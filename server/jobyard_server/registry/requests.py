"""Asking for a sync. The request is a pending result in the database; the notification is only a wake-up."""

from __future__ import annotations

from typing import Final

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.registry import channels
from jobyard_server.registry.errors import NotSyncable
from jobyard_server.registry.models import GitRepository, Source
from jobyard_server.runs.models import JobResult

_AUTOMATIC: Final = {"automatic": True}  # in ``JobResult.request``


def request_sync(source: Source, user: User | None = None, *, automatic: bool = False) -> JobResult:
    """
    The pending result that asks for a sync of *source*.

    Requests that arrive while one waits are merged into it; one that arrives while a sync is running
    gives one further sync, which therefore sees everything that was pushed before the request.

    Args:
        source: The source of a Git repository.
        user: Who asks; None for the command line and for jobyard itself.
        automatic: Nobody asks, jobyard only looks again, so a revision that is in service without errors
            need not be inspected anew. Who asks gets fresh values of what modules compute at import.

    Raises:
        NotSyncable: *source* has no Git repository.
    """
    with transaction.atomic():
        locked = Source.objects.select_for_update(of=("self",)).select_related("git_repository")
        source = locked.get(pk=source.pk)
        if source.git_repository is None:
            raise NotSyncable(source.key)
        waiting = waiting_requests().filter(source_model=source).first()
        result = waiting or _new(source, user, automatic=automatic)
        if is_automatic(result) and not automatic:
            result.user, result.request = user, {}
            result.save(update_fields=["user", "request"])
        channels.notify(channels.SYNC, source.key)
    return result


def is_automatic(result: JobResult) -> bool:
    """Whether nobody asked for this sync."""
    return bool(result.request == _AUTOMATIC)


def sync_results() -> QuerySet[JobResult]:
    """Every result that is a sync, not a run."""
    return JobResult.objects.filter(
        obj_type=ContentType.objects.get_for_model(GitRepository), source_model__isnull=False
    )


def waiting_requests() -> QuerySet[JobResult]:
    """Requests that no daemon has taken up yet, oldest first."""
    return sync_results().filter(status=statuses.PENDING).order_by("created")


def _new(source: Source, user: User | None, *, automatic: bool) -> JobResult:
    return JobResult.objects.create(
        name=source.title,
        obj_type=ContentType.objects.get_for_model(GitRepository),
        source_model=source,
        user=user,
        request=_AUTOMATIC if automatic else {},
        has_sensitive_variables=False,
    )
