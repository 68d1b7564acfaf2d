"""Asking for all modules of a source to be imported again, so that what they compute then is of now."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from jobyard_server.access.audit import SYNCED, record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may
from jobyard_server.registry import channels
from jobyard_server.registry.models import Job, Source
from jobyard_server.registry.requests import request_sync
from jobyard_server.runs.models import JobResult


def may_refresh(user: User, source: Source) -> bool:
    """Whoever may sync a repository; of the folder and the plugins, whoever may change jobs."""
    repository = source.git_repository
    return may(user, "change", Job) if repository is None else may(user, "sync", repository)


def ask_refresh(source: Source, user: User) -> JobResult | None:
    """
    Have a daemon import everything of *source* again.

    Returns:
        The pending result of a Git repository's sync; None for the folder and the plugins, which have no
        results: the source tells when it was read.
    """
    if source.git_repository is not None:
        return request_sync(source, user, refresh=True)
    with transaction.atomic():
        Source.objects.filter(pk=source.pk).update(refresh_asked=timezone.now())
        record(SYNCED, user=user, target=source)
        channels.notify(channels.SYNC, source.key)
    return None


def waiting_refreshes() -> QuerySet[Source]:
    """The folder and the plugins, if somebody has asked since they were read."""
    return Source.objects.filter(refresh_asked__isnull=False)


def note_refreshed(source: Source) -> None:
    """What was asked is done; somebody who asked meanwhile is served by the next one."""
    Source.objects.filter(pk=source.pk, refresh_asked=source.refresh_asked).update(refresh_asked=None)
