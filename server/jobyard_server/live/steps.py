"""
What has happened to a run since a viewer last looked: read in one short visit to the database.

A viewer keeps a cursor (the last log row and the last file it has seen), which is also the id of each
event: a browser that was cut off sends it back and goes on where it was.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Max

from jobyard_server.runs.log_export import described
from jobyard_server.runs.models import JobLogEntry, JobResult, OutputFile

MOST_ROWS = 500  #: Of one event.
_COLUMNS = ("status", "status_reason", "progress", "counters", "completed", "cancel_requested")


@dataclass(frozen=True, kw_only=True)
class Cursor:
    """How far a viewer has seen a run."""

    sequence: int = -1  #: Of the last log row.
    file: int = 0  #: Number of the last output file.

    def __str__(self) -> str:
        return f"{self.sequence}.{self.file}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """From the start if *text* makes no sense."""
        sequence, _, file = text.partition(".")
        try:
            return cls(sequence=max(-1, int(sequence)), file=max(0, int(file or 0)))
        except ValueError:
            return cls()


@dataclass(frozen=True, kw_only=True)
class View:
    """What one viewer wants to know, and what it knows already."""

    result: UUID
    cursor: Cursor = field(default_factory=Cursor)
    with_rows: bool = True  #: Or only that there are new ones.
    state: str = ""  #: As last sent; JSON.
    progress: str = ""  #: As last sent; JSON.


@dataclass(frozen=True, kw_only=True)
class Step:
    """Events to send, the view afterwards, and whether there is more to read or nothing ever again."""

    events: list[bytes]
    view: View
    has_more: bool
    has_ended: bool


def next_step(view: View) -> Step | None:
    """The step from *view*; None when the run is gone."""
    # The state before the rows: rows are stored first, so an ended run has all of them.
    result = JobResult.objects.filter(pk=view.result).only(*_COLUMNS).first()
    if result is None:
        return None
    events: list[bytes] = []
    view, has_more = _read_rows(view, events)
    view = _read_files(view, events)
    view = _read_state(view, result, events)
    has_ended = result.is_terminal and not has_more
    if has_ended:
        events.append(event("end", {"status": result.status}, view.cursor))
    return Step(events=events, view=view, has_more=has_more, has_ended=has_ended)


def event(name: str, data: object, cursor: Cursor) -> bytes:
    """One event as it goes over the wire; ASCII has nothing else that some client takes for a line break."""
    return f"event: {name}\nid: {cursor}\ndata: {json.dumps(data)}\n\n".encode()


def _read_rows(view: View, events: list[bytes]) -> tuple[View, bool]:
    rows = JobLogEntry.objects.filter(job_result=view.result, sequence__gt=view.cursor.sequence)
    if not view.with_rows:
        newest = rows.aggregate(newest=Max("sequence"))["newest"]
        if newest is None:
            return view, False
        view = _moved(view, sequence=newest)
        events.append(event("log", {"last": newest}, view.cursor))
        return view, False
    found = list(rows.order_by("sequence")[: MOST_ROWS + 1])
    shown = found[:MOST_ROWS]
    if shown:
        view = _moved(view, sequence=shown[-1].sequence)
        events.append(event("log", [described(row) for row in shown], view.cursor))
    return view, len(found) > MOST_ROWS


def _read_files(view: View, events: list[bytes]) -> View:
    new = OutputFile.objects.filter(
        job_result=view.result, is_complete=True, number__gt=view.cursor.file
    ).order_by("number")
    for file in new:
        view = _moved(view, file=file.number)
        told = {"id": str(file.pk), "name": file.name, "size": file.size}
        events.append(event("file", told, view.cursor))
    return view


def _read_state(view: View, result: JobResult, events: list[bytes]) -> View:
    state = {
        "status": result.status,
        "status_reason": result.status_reason,
        "cancel_requested": result.cancel_requested,
        "total": result.totals,
    }
    told, progress = json.dumps(state), json.dumps(result.progress)
    if told != view.state:
        events.append(event("state", state, view.cursor))
    if result.progress is not None and progress != view.progress:
        events.append(event("progress", result.progress, view.cursor))
    return replace(view, state=told, progress=progress)


def _moved(view: View, **to: int) -> View:
    return replace(view, cursor=replace(view.cursor, **to))
