"""
Ends the results of syncs whose daemon is gone, and asks for them again: no result says "running" for ever,
and what was pushed is not forgotten when its daemon dies.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from jobyard import statuses
from jobyard.events import FAILURE, LogRow
from jobyard_server.registry.errors import NotSyncable
from jobyard_server.registry.models import Source
from jobyard_server.registry.requests import is_dry_run, repeat_sync, sync_results, times_lost
from jobyard_server.registry.sync_results import SyncRecord
from jobyard_server.registry.watches import note_sync
from jobyard_server.runs.models import JobResult

MOST_TRIES = 3  #: In a row; after that the sync may be what ends the daemon.
LOST = "The sync daemon ended in the middle of this sync; nothing was changed by it."
AGAIN = "It was asked for again."
GIVEN_UP = (
    f"{MOST_TRIES} syncs in a row were lost with their daemon, so none is started by itself now; the next "
    "push, look or person asks again."
)


def end_lost_syncs(*, was_told: bool = False) -> list[JobResult]:
    """
    End every running sync result that no live lease stands for, and ask for each such sync once more.

    One that is lost ``MOST_TRIES`` times in a row is left to later looks, if there are any; its source says
    so. Dry runs are not repeated: whoever waits for one sees its end. Safe to call from several processes at
    once. Cost when nothing is lost: one query.

    Args:
        was_told: Their daemon was told to end, so they are not to blame.
    """
    at_work = Source.objects.filter(lease_until__gt=timezone.now(), fence=OuterRef("fence"))
    running = sync_results().filter(status=statuses.RUNNING)
    lost = running.exclude(Exists(at_work.filter(pk=OuterRef("source_model")))).values_list("pk", flat=True)
    return [result for pk in lost if (result := _end_if_lost(pk, was_told=was_told)) is not None]


def _end_if_lost(pk: UUID, *, was_told: bool) -> JobResult | None:
    with transaction.atomic():
        result = sync_results().select_related("source_model", "user").get(pk=pk)
        source = _locked(result)
        if source is None or (source.is_syncing and source.fence == result.fence):
            return None
        if source.fence == result.fence:
            # The holder may be frozen only: from now on it can neither publish nor renew.
            lease = {"fence": F("fence") + 1, "lease_holder": None, "lease_until": None}
            Source.objects.filter(pk=source.pk).update(**lease)
        return result if _end(source, result, was_told=was_told) else None


def _locked(result: JobResult) -> Source | None:
    """None while another process looks after this source: it will do what is needed."""
    unlocked = Source.objects.select_for_update(skip_locked=True)
    return unlocked.filter(pk__in=[result.source_model_id]).first()


def _end(source: Source, result: JobResult, *, was_told: bool) -> bool:
    record = SyncRecord(result)
    if not record.end(statuses.ERRORED, statuses.WORKER_LOST):
        return False
    record.add(LogRow(message=f"{LOST} {_next(source, result, was_told=was_told)}".strip(), level=FAILURE))
    return True


def _next(source: Source, lost: JobResult, *, was_told: bool) -> str:
    """What comes of it now, in words."""
    if is_dry_run(lost):
        return ""
    times = times_lost(lost) + (0 if was_told else 1)
    if times >= MOST_TRIES:
        _give_up(source)
        return GIVEN_UP
    try:
        again = repeat_sync(lost, times_lost=times)
    except NotSyncable:  # deleted meanwhile
        return ""
    lost.deliveries.update(result=again)  # whoever follows a call sees how it goes on
    return AGAIN


def _give_up(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(error=GIVEN_UP, last_synced=timezone.now())
    if source.git_repository_id is not None:
        note_sync(source.git_repository_id, could_read=False)
