"""The result of one sync: its log rows while it goes on, its counters, its end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from jobyard import statuses
from jobyard.events import COUNTED_LEVELS, LogRow
from jobyard.log_rows import MAX_OBJECT_TEXT, MAX_URL
from jobyard.plain_data import storable
from jobyard_server.registry.errors import LeaseLost
from jobyard_server.registry.leases import SyncLease
from jobyard_server.runs.log_store import StoredRow, store_rows
from jobyard_server.runs.models import JobResult

_TRUNCATED = "… [truncated]"


class SyncRecord:
    """
    Writes what happens to the result of a sync.

    A result is ``pending`` while it is a request, ``running`` from :meth:`begin` on, and ended once, by
    one conditional UPDATE; its ``fence`` is that of the lease under which it runs.
    """

    def __init__(self, result: JobResult) -> None:
        self.result = result
        self._next: int | None = None  # counted when the first row comes

    def begin(self, lease: SyncLease) -> bool:
        """From request to running sync; False when it is no request any more."""
        self.result.started = timezone.now()
        self.result.fence = lease.fence
        return self._change(statuses.PENDING, statuses.RUNNING, "started", "fence")

    def add(self, *rows: LogRow) -> None:
        """
        Store *rows* at once, in their order, and count them.

        Raises:
            LeaseLost: Somebody else ended this result.
        """
        counters = _counted(self.result.counters, rows)
        with transaction.atomic():
            ours = JobResult.objects.filter(pk=self.result.pk, status=self.result.status)
            if not ours.update(counters=counters):
                raise LeaseLost
            first = self.result.logs.count() if self._next is None else self._next
            store_rows(self._stored(number, row) for number, row in enumerate(rows, first))
        self.result.counters = counters
        self._next = first + len(rows)

    def end(self, status: str, reason: str | None = None) -> bool:
        """The terminal status, once; False when the result had one already."""
        if reason is None and status == statuses.FAILED:
            reason = statuses.FAILURE_LOGGED
        expected = self.result.status
        self.result.status_reason = reason
        self.result.completed = timezone.now()
        return self._change(expected, status, "status_reason", "completed")

    def _change(self, expected: str, status: str, *columns: str) -> bool:
        values = {name: getattr(self.result, name) for name in columns}
        waiting = JobResult.objects.filter(pk=self.result.pk, status=expected)
        if not waiting.update(status=status, **values):
            return False
        self.result.status = status
        return True

    def _stored(self, sequence: int, row: LogRow) -> StoredRow:
        return StoredRow(
            result_id=self.result.pk,
            sequence=sequence,
            created=datetime.fromtimestamp(row.created, UTC),
            grouping=row.grouping,
            level=row.level,
            object_text=row.object_text and row.object_text[:MAX_OBJECT_TEXT],
            object_url=row.object_url and row.object_url[:MAX_URL],
            message=_capped(storable(row.message)),
        )


def _counted(counters: list[dict[str, Any]], rows: Iterable[LogRow]) -> list[dict[str, Any]]:
    groups = {group["grouping"]: dict(group) for group in counters}
    for row in rows:
        empty = {"grouping": row.grouping, "rows": 0, **dict.fromkeys(COUNTED_LEVELS, 0)}
        group = groups.setdefault(row.grouping, empty)
        group["rows"] += 1
        if row.level in COUNTED_LEVELS:
            group[row.level] += 1
    return list(groups.values())


def _capped(message: str) -> str:
    most = settings.JOBYARD["LOG_MESSAGE_MAX"]
    body = message.encode()
    return message if len(body) <= most else body[:most].decode(errors="ignore") + _TRUNCATED
