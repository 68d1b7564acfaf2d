"""What a run tells, on its way into the database: checked, capped, redacted, counted, in batches."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from jobyard.events import COUNTED_LEVELS, DEFAULT, LEVELS, FilePiece, LogRow, Progress
from jobyard.log_rows import MAX_GROUP, MAX_OBJECT_TEXT, MAX_URL
from jobyard.plain_data import plain, storable
from jobyard_server.changes.plan_store import store_planned
from jobyard_server.runs.changes_of_runs import announce_change
from jobyard_server.runs.log_store import StoredRow, store_rows
from jobyard_server.runs.output_files import store_piece
from jobyard_server.runs.redaction import Redactor
from jobyard_server.worker.claims import Claim, write_if_ours
from jobyard_server.worker.doubt import Doubt, current_transaction

BATCH_ROWS = 2000  #: A batch is stored at once when it has so many rows, however young.
BATCH_BYTES = 4 << 20  #: Or when it is so large.
MOST_WAITING = 8  #: Batches; a run is not read from while so much of it is not stored.
TRUNCATED = "… [truncated]"
_CLOCK_SLACK = 5.0


class Recorder:
    """The rows and counters of one run."""

    def __init__(self, claim: Claim, redact: Redactor) -> None:
        self._claim = claim
        self._redact = redact
        self._rows: list[StoredRow] = []
        self._changes: list[str] = []
        self._room_for_changes: int = settings.JOBYARD["PLAN_MAX_ROWS"]
        self._oldest: float | None = None  # monotonic time of the first row that waits
        self._sequence = 0
        self._groups: dict[str, dict[str, Any]] = {}
        self._pieces: list[FilePiece] = []
        self._bytes = 0  # characters of all that waits, roughly
        self._progress: dict[str, Any] | None = None
        self._doubt: Doubt | None = None  # of the batch before, whose COMMIT was not answered
        self._earliest = time.time() - _CLOCK_SLACK
        self._message_max: int = settings.JOBYARD["LOG_MESSAGE_MAX"]
        self._delay: float = settings.JOBYARD["LOG_FLUSH_SECONDS"]
        self.last_group = "initialization"

    @property
    def due(self) -> float | None:
        """Monotonic time at which the batch has to be stored; None: nothing waits."""
        if self._oldest is None:
            return None
        return self._oldest if self._is_large else self._oldest + self._delay

    @property
    def _batches(self) -> float:
        """How much waits, in batches."""
        return max(len(self._rows) / BATCH_ROWS, len(self._changes) / BATCH_ROWS, self._bytes / BATCH_BYTES)

    @property
    def _is_large(self) -> bool:
        """A batch that is stored at once, so that what waits never takes much memory."""
        return self._batches >= 1

    @property
    def is_full(self) -> bool:
        """The database does not keep up, or is away."""
        return self._batches >= MOST_WAITING

    @property
    def is_due(self) -> bool:
        return self.due is not None and self.due <= time.monotonic()

    def open_group(self, grouping: str) -> dict[str, Any]:
        group = self._groups.get(grouping)
        if group is not None:
            return group
        name = self._short(grouping, MAX_GROUP) or "main"
        new = {"grouping": name, "rows": 0, **dict.fromkeys(COUNTED_LEVELS, 0)}
        return self._groups.setdefault(name, new)

    def add(self, row: LogRow) -> None:
        level = row.level if row.level in LEVELS else DEFAULT
        group = self.open_group(str(row.grouping))
        grouping = group["grouping"]
        group["rows"] += 1
        if level != DEFAULT:
            group[level] += 1
        self._sequence += 1
        self.last_group = grouping
        stored = StoredRow(
            result_id=self._claim.result.pk,
            sequence=self._sequence,
            created=self._moment(row.created),
            grouping=grouping,
            level=level,
            object_text=None if row.object_text is None else self._short(row.object_text, MAX_OBJECT_TEXT),
            object_url=self._address(row.object_url),
            message=self._message(row.message),
        )
        self._rows.append(stored)
        self._touch(len(stored.message))

    def add_changes(self, rows: list[str]) -> None:
        """Changes that were rolled back; what is beyond PLAN_MAX_ROWS is not kept."""
        kept = [row for row in rows[: self._room_for_changes] if isinstance(row, str)]
        self._room_for_changes -= len(kept)
        self._changes += kept
        self._touch(sum(map(len, kept)))

    def add_file_piece(self, piece: FilePiece) -> None:
        self._pieces.append(piece)
        self._touch(len(piece.data))

    def set_progress(self, progress: Progress) -> None:
        self._progress = {
            "done": plain(progress.done),
            "total": plain(progress.total),
            "message": self._short(progress.message, 200),
        }
        self._touch()

    def columns(self) -> dict[str, Any]:
        """What belongs to the run's own row."""
        return {"counters": list(self._groups.values()), "progress": self._progress}

    def flush(self) -> bool:
        """Store what waits, or keep it if the database fails; False when the run is not ours any more."""
        if self._oldest is None:
            return True
        self.settle()
        with transaction.atomic():
            is_ours = write_if_ours(self._claim.result, self._claim.fence, **self.columns())
            if is_ours:
                self.store_waiting_rows()
                self._doubt = self._in_doubt()
        self.forget_waiting_rows()
        return is_ours

    @property
    def has_waiting(self) -> bool:
        """Rows, changes or pieces of files that are not stored yet."""
        return bool(self._rows or self._changes or self._pieces)

    def store_waiting_rows(self) -> None:
        """With the files that wait, and the word for those who watch; part of a transaction."""
        if self._rows:
            store_rows(self._rows)
        if self._changes:
            store_planned(self._claim.result.pk, self._changes)
        for piece in self._pieces:
            store_piece(self._claim.result.pk, piece)
        announce_change(self._claim.result.pk)

    def forget_waiting_rows(self) -> None:
        """After the transaction that stored them."""
        self._rows, self._changes, self._pieces, self._oldest, self._bytes = [], [], [], None, 0
        self._doubt = None

    def drop(self) -> None:
        """What waits cannot be stored; the counters stay, for the rows that were."""
        self.forget_waiting_rows()
        self._progress = None

    def settle(self) -> None:
        """Before anything is stored: forget what is stored already, because only the answer was lost."""
        if self._doubt is not None and self._doubt.is_stored():
            del self._rows[: self._doubt.rows]
            del self._changes[: self._doubt.changes]
            del self._pieces[: self._doubt.pieces]
        self._doubt = None

    def _in_doubt(self) -> Doubt:
        return Doubt(
            transaction=current_transaction(),
            rows=len(self._rows),
            changes=len(self._changes),
            pieces=len(self._pieces),
        )

    def state(self) -> dict[str, Any]:
        """All that ``restored`` needs, as JSON: the run's own columns and what is not stored yet."""
        return {
            **self.columns(),
            "rows": [[row.sequence, row.created.isoformat(), *row[3:]] for row in self._rows],
            "changes": self._changes,
            "pieces": [vars(piece) for piece in self._pieces],
            "doubt": vars(self._doubt) if self._doubt else None,
        }

    @classmethod
    def restored(cls, claim: Claim, state: dict[str, Any]) -> Recorder:
        """One that holds what another one could not store; its texts were checked and redacted by then."""
        made = cls(claim, Redactor())
        made._groups = {group["grouping"]: group for group in state["counters"]}
        made._progress = state["progress"]
        made._rows = [
            StoredRow(claim.result.pk, sequence, datetime.fromisoformat(created), *texts)
            for sequence, created, *texts in state["rows"]
        ]
        made._changes = state["changes"]
        made._pieces = [FilePiece(**piece) for piece in state["pieces"]]
        made._doubt = Doubt(**state["doubt"]) if state["doubt"] else None
        return made

    def _touch(self, added: int = 0) -> None:
        self._bytes += added
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

    def _short(self, value: object, most: int) -> str:
        """What lies far beyond *most* is cut off first; a secret at that place is not shown anyway."""
        return self._redact(storable(str(value)[: 16 * most]))[:most]

    def _address(self, value: object) -> str | None:
        return self._redact(storable(value)) if isinstance(value, str) and len(value) <= MAX_URL else None

    def _moment(self, created: object) -> datetime:
        """The child's clock, within what is possible: it is author code that tells the time."""
        now = time.time()
        seconds = created if isinstance(created, int | float) else now
        return datetime.fromtimestamp(min(max(seconds, self._earliest), now + _CLOCK_SLACK), UTC)
