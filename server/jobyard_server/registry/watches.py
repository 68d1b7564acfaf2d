"""
When each remote is looked at next. One row per repository, so that several daemons share the work.

A look is claimed by one conditional UPDATE that moves it to its next time; whoever dies in the middle has
lost one look, nothing more.
"""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Least
from django.utils import timezone

from jobyard_server.registry.models import POLL_SECONDS, GitRepository, Source
from jobyard_server.registry.remote_models import RemoteWatch
from jobyard_server.registry.requests import request_sync

JITTER = 0.2  #: Of an interval, in both directions: remotes of one forge are not asked all at once.
LONGEST_SECONDS = 900.0  #: Between two tries, however often a remote failed.
ACTIVE = timedelta(minutes=10)  #: So long after news a remote is looked at more often.
AFTER_SYNC = timedelta(seconds=1)  #: What was found during a sync is looked at again so soon.
ACTIVE_FACTOR, ACTIVE_LEAST_SECONDS = 0.25, 10.0
_MOST_DOUBLINGS = 10


def add_missing() -> None:
    """A watch for each repository that has none: new ones, and those that were changed."""
    missing = GitRepository.objects.filter(watch=None)
    rows = [RemoteWatch(repository=row, next_look=_first_look(row)) for row in missing]
    RemoteWatch.objects.bulk_create(rows, ignore_conflicts=True)


def _first_look(repository: GitRepository) -> datetime | None:
    """Spread over the interval: not all of them at the start."""
    if not repository.poll_interval:
        return None
    seconds = random.uniform(0, repository.poll_interval)  # noqa: S311  # a moment, not a secret
    return timezone.now() + timedelta(seconds=seconds)


def due(*, most: int) -> list[RemoteWatch]:
    """Those whose time has come, the longest waiting first."""
    rows = RemoteWatch.objects.filter(next_look__lte=timezone.now()).order_by("next_look")
    return list(rows.select_related("repository__source")[:most])


def claim(watch: RemoteWatch) -> bool:
    """Take this look; False when another daemon did."""
    ours = RemoteWatch.objects.filter(pk=watch.pk, next_look=watch.next_look)
    moved = {"next_look": _next_look(watch), "last_look": timezone.now(), "looks": F("looks") + 1}
    return bool(ours.update(**moved))


def note_seen(watch: RemoteWatch, found: str) -> bool:
    """
    *found* is what the remote has now; asks for a sync when that is news, and says so.

    Args:
        watch: As it was when it was claimed.
        found: Id of the object; ``""`` when the branch is not there.
    """
    rows = RemoteWatch.objects.filter(pk=watch.pk)
    in_service = GitRepository.objects.filter(pk=watch.pk, current_head=found)
    is_in_service = bool(found) and in_service.exists()
    if found == watch.seen or is_in_service:
        rows.update(seen=found, error="", failures=0)
        return False
    if _is_syncing(watch):
        # It may bring just this: then a further sync would be for nothing. Looked at again when it is over.
        rows.update(error="", failures=0, next_look=timezone.now() + AFTER_SYNC)
        return False
    news = {"seen": found, "error": "", "active_until": timezone.now() + ACTIVE}
    with transaction.atomic():  # or a daemon that dies here would never look at this push again
        if not rows.filter(seen=watch.seen).update(**news):
            return False  # a sync ended meanwhile: the next look compares with what it brought
        request_sync(watch.repository.source, automatic=True)
    return True


def note_failure(watch: RemoteWatch, sentence: str, *, retry_after_seconds: float | None) -> None:
    """
    Nothing was seen; the next look comes later, at the server's word or by back-off, also where none comes by
    the clock: somebody asked for this one.
    """
    watch.failures += 1
    seconds = max(_interval(watch), retry_after_seconds or 0.0)
    RemoteWatch.objects.filter(pk=watch.pk).update(
        failures=watch.failures, error=sentence, next_look=_after(seconds)
    )


def note_sync(repository_id: UUID, *, could_read: bool) -> None:
    """
    A sync has ended. One that brought another commit into service sets what is compared with; one that could
    read and did not (a rule, a pin, a quarantine) leaves it, so that no look asks for the same again. One
    that could not read is tried again by a later look, more and more seldom.
    """
    watch = RemoteWatch.objects.select_related("repository").filter(pk=repository_id).first()
    if watch is None:
        return
    rows = RemoteWatch.objects.filter(pk=repository_id)
    if could_read:
        watch.active_until, watch.failures = timezone.now() + ACTIVE, 0
        head = watch.repository.current_head
        rows.update(
            seen=watch.seen if head == watch.head else head,
            head=head,
            failures=0,
            error="",
            active_until=watch.active_until,
            # Never later than it was: something may have been seen that this sync came too early for.
            next_look=Least("next_look", Value(_next_look(watch), output_field=DateTimeField())),
        )
    else:
        watch.failures += 1
        rows.update(seen="", failures=watch.failures)
        if watch.repository.poll_interval:
            rows.update(next_look=_next_look(watch))


def look_now(repositories: set[UUID]) -> None:
    """Something has changed there, maybe in a repository whose watch went with a change a moment ago."""
    add_missing()
    RemoteWatch.objects.filter(pk__in=repositories).update(next_look=timezone.now())


def _is_syncing(watch: RemoteWatch) -> bool:
    return Source.objects.filter(git_repository=watch.pk, lease_until__gt=timezone.now()).exists()


def _next_look(watch: RemoteWatch) -> datetime | None:
    """By the clock."""
    return _after(_interval(watch)) if watch.repository.poll_interval else None


def _interval(watch: RemoteWatch) -> float:
    """Seconds until the next look, before jitter."""
    seconds = float(watch.repository.poll_interval or POLL_SECONDS)
    if watch.failures:
        return max(seconds, min(seconds * 2.0 ** min(watch.failures, _MOST_DOUBLINGS), LONGEST_SECONDS))
    if watch.active_until is not None and watch.active_until > timezone.now():
        return min(seconds, max(ACTIVE_LEAST_SECONDS, seconds * ACTIVE_FACTOR))
    return seconds


def _after(seconds: float) -> datetime:
    spread = random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  # see above
    return timezone.now() + timedelta(seconds=seconds * spread)
