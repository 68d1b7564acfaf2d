"""Ends the results of syncs whose daemon is gone, so that no result says "running" for ever."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F

from jobyard import statuses
from jobyard.events import FAILURE, LogRow
from jobyard_server.registry.models import Source
from jobyard_server.registry.requests import is_automatic, request_sync, sync_results
from jobyard_server.registry.sync_results import SyncRecord
from jobyard_server.runs.models import JobResult

LOST = "The sync daemon ended in the middle of this sync; nothing was changed by it."


def end_lost_syncs() -> list[JobResult]:
    """
    End every running sync result that no live lease stands for, and ask for each such sync once more.

    A sync that is lost again after that is not repeated by itself: it may be what kills the daemon.
    Safe to call from several processes at once.
    """
    running = sync_results().filter(status=statuses.RUNNING).values_list("pk", flat=True)
    return [result for pk in running if (result := _end_if_lost(pk)) is not None]


def _end_if_lost(pk: UUID) -> JobResult | None:
    with transaction.atomic():
        result = sync_results().select_related("source_model").get(pk=pk)
        source = _locked(result)
        if source is None or (source.is_syncing and source.fence == result.fence):
            return None
        if source.fence == result.fence:
            # The holder may be frozen only: from now on it can neither publish nor renew.
            lease = {"fence": F("fence") + 1, "lease_holder": None, "lease_until": None}
            Source.objects.filter(pk=source.pk).update(**lease)
        if not _end(SyncRecord(result)):
            return None
        _ask_again(source, result)
        return result


def _locked(result: JobResult) -> Source | None:
    """None while another process looks after this source: it will do what is needed."""
    unlocked = Source.objects.select_for_update(skip_locked=True)
    return unlocked.filter(pk__in=[result.source_model_id]).first()


def _end(record: SyncRecord) -> bool:
    ended = record.end(statuses.ERRORED, statuses.WORKER_LOST)
    if ended:
        record.add(LogRow(message=LOST, level=FAILURE))
    return ended


def _ask_again(source: Source, lost: JobResult) -> None:
    if not is_automatic(lost) and source.git_repository_id is not None:
        request_sync(source, automatic=True)
