"""
From open deliveries to requested syncs: the first call starts one at once, a storm becomes one more.

Runs in the sync daemon. A delivery stays open until a requested sync stands for it, so nothing that was
answered with 202 is lost, whoever dies.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone

from jobyard_server.registry.models import Source
from jobyard_server.registry.requests import request_sync
from jobyard_server.webhooks.models import WebhookDelivery

MERGE = timedelta(seconds=2)  #: After a sync, calls wait so long for others.
QUIET = timedelta(seconds=0.5)  #: Then until none has come for so long,
LONGEST = timedelta(seconds=30)  #: but not longer than this.
KEPT = timedelta(days=7)


def gather_deliveries() -> float | None:
    """
    Ask for the syncs that open deliveries call for now.

    Returns:
        Seconds until some that wait for others are due; None when nothing waits.
    """
    waiting = []
    now = timezone.now()
    for source, first, last in _open_sources():
        when = due_at(source, first, last)
        later = _gather(source, first, last) if when <= now else when
        if later is not None:
            waiting.append((later - now).total_seconds())
    return min(waiting, default=None)


def due_at(source: Source, first: datetime, last: datetime) -> datetime:
    """
    When the open deliveries of *source* become a sync.

    Args:
        source: As it stands now: syncing, or synced at some time before.
        first: When the oldest of them came.
        last: When the newest did.
    """
    if source.is_syncing:
        return timezone.now() + MERGE
    if source.last_synced is None or first >= source.last_synced + MERGE:
        return first
    settled = source.last_synced + MERGE
    return min(max(settled, last + QUIET), settled + LONGEST)


def forget_deliveries() -> int:
    """Delete what is older than a week and not open any more; returns how many."""
    old = WebhookDelivery.objects.filter(created__lt=timezone.now() - KEPT, is_open=False)
    count, _ = old.delete()
    return count


def _open_sources() -> list[tuple[Source, datetime, datetime]]:
    rows = (
        WebhookDelivery.objects.filter(is_open=True)
        .order_by()
        .values("webhook__repository__source")
        .annotate(first=Min("created"), last=Max("created"))
    )
    found = {row["webhook__repository__source"]: row for row in rows}
    sources = Source.objects.filter(pk__in=[key for key in found if key])
    return [(source, found[source.pk]["first"], found[source.pk]["last"]) for source in sources]


def _gather(source: Source, first: datetime, last: datetime) -> datetime | None:
    """
    Ask for the sync; None when that is done.

    Looked at again under the lock: the sync that the first call of a storm asked for may have begun
    meanwhile, and would be followed by one for the second call alone.
    """
    with transaction.atomic():
        locked = Source.objects.select_for_update().get(pk=source.pk)
        when = due_at(locked, first, last)
        if when > timezone.now():
            return when
        taken = WebhookDelivery.objects.filter(is_open=True, webhook__repository__source=source)
        keys = list(taken.values_list("pk", flat=True))
        # Everything that was pushed before these calls is seen by this sync: it has not begun.
        result = request_sync(source, automatic=True)
        WebhookDelivery.objects.filter(pk__in=keys).update(is_open=False, result=result)
    return None
