"""Asking for a sync. The request is a pending result in the database; the notification is only a wake-up."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from jobyard import statuses
from jobyard_server.access.audit import SYNCED, record
from jobyard_server.access.models import User
from jobyard_server.registry import channels
from jobyard_server.registry.errors import NotSyncable
from jobyard_server.registry.models import GitRepository, Source
from jobyard_server.runs.models import JobResult

AUTOMATIC, DRY_RUN, REFRESH, LOST = "automatic", "dry_run", "refresh", "lost"  # in ``JobResult.request``


def request_sync(
    source: Source,
    user: User | None = None,
    *,
    automatic: bool = False,
    dry_run: bool = False,
    refresh: bool = False,
) -> JobResult:
    """
    The pending result that asks for a sync of *source*.

    Requests that arrive while one waits are merged into it; one that arrives while a sync is running
    gives one further sync, which therefore sees everything that was pushed before the request. Dry runs
    are merged among themselves only.

    Args:
        source: The source of a Git repository.
        user: Who asks; None for the command line and for jobyard itself.
        automatic: Nobody asks, jobyard only looks again, so a revision that is in service without errors
            need not be looked at.
        dry_run: Only tell what would change.
        refresh: Import every module again, also those that nothing has changed for.

    Raises:
        NotSyncable: *source* has no Git repository.
    """
    with transaction.atomic():
        source, repository = _locked(source)
        result = _ask(source, user, _wanted(automatic=automatic, dry_run=dry_run, refresh=refresh))
        if user is not None:
            record(SYNCED, user=user, target=repository)
    return result


def repeat_sync(lost: JobResult, *, times_lost: int) -> JobResult:
    """
    The same request once more, in the name of the same person: its daemon ended in the middle.

    Args:
        lost: It has ended.
        times_lost: How often in a row; kept with the new request.

    Raises:
        NotSyncable: Its repository was deleted.
    """
    assert lost.source_model is not None  # noqa: S101  # it was a sync
    kept = {name: value for name, value in lost.request.items() if name != LOST}
    with transaction.atomic():
        source, _ = _locked(lost.source_model)
        return _ask(source, lost.user, {**kept, LOST: times_lost} if times_lost else kept)


def is_automatic(result: JobResult) -> bool:
    """Whether nobody asked for this sync."""
    return bool(result.request.get(AUTOMATIC))


def is_dry_run(result: JobResult) -> bool:
    """Whether this sync only tells what would change."""
    return bool(result.request.get(DRY_RUN))


def wants_refresh(result: JobResult) -> bool:
    """Whether every module is to be imported again."""
    return bool(result.request.get(REFRESH))


def times_lost(result: JobResult) -> int:
    """How many syncs in a row ended with their daemon before this one was asked for in their place."""
    return int(result.request.get(LOST, 0))


def sync_results() -> QuerySet[JobResult]:
    """Every result that is a sync, not a run."""
    return JobResult.objects.filter(
        obj_type=ContentType.objects.get_for_model(GitRepository), source_model__isnull=False
    )


def waiting_requests() -> QuerySet[JobResult]:
    """Requests that no daemon has taken up yet, oldest first."""
    return sync_results().filter(status=statuses.PENDING).order_by("created")


def _locked(source: Source) -> tuple[Source, GitRepository]:
    locked = Source.objects.select_for_update(of=("self",)).select_related("git_repository")
    source = locked.get(pk=source.pk)
    if source.git_repository is None:
        raise NotSyncable(source.key)
    return source, source.git_repository


def _ask(source: Source, user: User | None, wanted: dict[str, Any]) -> JobResult:
    waiting = [item for item in _waiting_for(source) if is_dry_run(item) == bool(wanted.get(DRY_RUN))]
    result = _merge(waiting[0], user, wanted) if waiting else _new(source, user, wanted)
    channels.notify(channels.SYNC, source.key)
    return result


def _waiting_for(source: Source) -> QuerySet[JobResult]:
    return waiting_requests().filter(source_model=source)


def _wanted(**flags: bool) -> dict[str, bool]:
    return {name: True for name, is_set in flags.items() if is_set}


def _merge(waiting: JobResult, user: User | None, wanted: dict[str, Any]) -> JobResult:
    """Whoever asks weighs more than nobody, and more work more than less; a new request counts anew."""
    if AUTOMATIC not in wanted:
        merged = {**waiting.request, **wanted}
        merged.pop(LOST, None)
        if merged.pop(AUTOMATIC, False):
            waiting.user = user
        if merged != waiting.request:
            waiting.request = merged
            waiting.save(update_fields=["user", "request"])
    return waiting


def _new(source: Source, user: User | None, wanted: dict[str, Any]) -> JobResult:
    return JobResult.objects.create(
        name=source.title,
        obj_type=ContentType.objects.get_for_model(GitRepository),
        source_model=source,
        user=user,
        request=wanted,
        has_sensitive_variables=False,
    )
