"""What a run tells, on its way into the database: checked, capped, redacted, counted, in batches."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from jobyard.events import COUNTED_LEVELS, DEFAULT, LEVELS, LogRow, Progress
from jobyard.log_rows import MAX_GROUP, MAX_OBJECT_TEXT, MAX_URL
from jobyard.plain_data import storable
from jobyard_server.runs.log_store import StoredRow, store_rows
from jobyard_server.runs.redaction import Redactor
from jobyard_server.worker.claims import Claim, write_if_ours

BATCH_ROWS = 2000  #: A batch is stored at once when it has so many rows, however young.
TRUNCATED = "… [truncated]"
_CLOCK_SLACK = 5.0


class Recorder:
    """The rows and counters of one run."""

    def __init__(self, claim: Claim, redact: Redactor) -> None:
        self._claim = claim
        self._redact = redact
        self._rows: list[StoredRow] = []
        self._oldest: float | None = None  # monotonic time of the first row that waits
        self._sequence = 0
        self._groups: dict[str, dict[str, Any]] = {}
        self._progress: dict[str, Any] | None = None
        self._earliest = time.time() - _CLOCK_SLACK
        self._message_max: int = settings.JOBYARD["LOG_MESSAGE_MAX"]
        self._delay: float = settings.JOBYARD["LOG_FLUSH_SECONDS"]
        self.last_group = "initialization"

    @property
    def due(self) -> float | None:
        """Monotonic time at which the batch has to be stored; None: nothing waits."""
        if self._oldest is None:
            return None
        return self._oldest if len(self._rows) >= BATCH_ROWS else self._oldest + self._delay

    @property
    def is_due(self) -> bool:
        return self.due is not None and self.due <= time.monotonic()

    def open_group(self, grouping: str) -> dict[str, Any]:
        group = self._groups.get(grouping)
        if group is None:
            group = {"grouping": grouping, "rows": 0, **dict.fromkeys(COUNTED_LEVELS, 0)}
            self._groups[grouping] = group
        return group

    def add(self, row: LogRow) -> None:
        level = row.level if row.level in LEVELS else DEFAULT
        grouping = _text(row.grouping, MAX_GROUP) or "main"
        group = self.open_group(grouping)
        group["rows"] += 1
        if level != DEFAULT:
            group[level] += 1
        self._sequence += 1
        self.last_group = grouping
        self._rows.append(
            StoredRow(
                result_id=self._claim.result.pk,
                sequence=self._sequence,
                created=self._moment(row.created),
                grouping=grouping,
                level=level,
                object_text=None if row.object_text is None else _text(row.object_text, MAX_OBJECT_TEXT),
                object_url=_address(row.object_url),
                message=self._message(row.message),
            )
        )
        self._touch()

    def set_progress(self, progress: Progress) -> None:
        self._progress = {
            "done": progress.done,
            "total": progress.total,
            "message": self._redact(_text(progress.message, 200)),
        }
        self._touch()

    def columns(self) -> dict[str, Any]:
        """What belongs to the run's own row."""
        return {"counters": list(self._groups.values()), "progress": self._progress}

    def flush(self) -> bool:
        """Store what waits, or keep it if the database fails; False when the run is not ours any more."""
        if self._oldest is None:
            return True
        with transaction.atomic():
            is_ours = write_if_ours(self._claim.result, self._claim.fence, **self.columns())
            if is_ours:
                self.store_waiting_rows()
        self.forget_waiting_rows()
        return is_ours

    def store_waiting_rows(self) -> None:
        if self._rows:
            store_rows(self._rows)

    def forget_waiting_rows(self) -> None:
        """After the transaction that stored them."""
        self._rows, self._oldest = [], None

    def _touch(self) -> None:
        if self._oldest is None:
            self._oldest = time.monotonic()

    def _message(self, message: object) -> str:
        text = self._redact(storable(str(message)))
        if len(text) <= self._message_max // 4:  # cannot be longer in bytes
            return text
        body = text.encode()
        if len(body) <= self._message_max:
            return text
        return body[: self._message_max].decode(errors="ignore") + TRUNCATED

    def _moment(self, created: object) -> datetime:
        """The child's clock, within what is possible: it is author code that tells the time."""
        now = time.time()
        seconds = created if isinstance(created, int | float) else now
        return datetime.fromtimestamp(min(max(seconds, self._earliest), now + _CLOCK_SLACK), UTC)


def _text(value: object, most: int) -> str:
    return storable(str(value))[:most]


def _address(value: object) -> str | None:
    return storable(value) if isinstance(value, str) and len(value) <= MAX_URL else None
