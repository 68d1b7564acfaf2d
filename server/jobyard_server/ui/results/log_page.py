"""
The rows of a log, a page at a time: by sequence, so that page 20 costs what page 1 costs, and nothing is
shown twice or left out while new rows arrive.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from jobyard_server.runs.models import JobLogEntry
from jobyard_server.ui.components import clock_time, level_icon
from jobyard_server.ui.links import safe_url
from jobyard_server.ui.markdown import render

SIZE: Final = 500  #: Rows of one page.
AROUND: Final = 20  #: Rows above the one that a link leads to.
NO_MESSAGE: Final = "None"  #: Stored for "no message"; the page shows an empty cell.


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row, ready to be shown."""

    sequence: int
    link: str  #: To this line and what is around it.
    heading: str  #: Name of the group when it begins with this row, else empty.
    time: SafeString
    level: str
    icon: SafeString
    subject: SafeString | str  #: The object it is about, linked if that is harmless.
    message: SafeString | str


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """Rows in the order of the calls, and the sequences that lead on; None leads nowhere."""

    rows: list[Row]
    earlier: int | None  #: Value of ``?before=``.
    later: int | None  #: Value of ``?after=``.

    @property
    def last_sequence(self) -> int:
        return self.rows[-1].sequence if self.rows else -1


def page_after(rows: QuerySet[JobLogEntry], sequence: int, *, size: int = SIZE) -> LogPage:
    """The rows that follow *sequence*."""
    found = list(rows.filter(sequence__gt=sequence).order_by("sequence")[: size + 1])
    shown = found[:size]
    before = rows.filter(sequence__lte=sequence).order_by("-sequence").first() if sequence >= 0 else None
    return LogPage(
        rows=list(ready_rows(shown, before)),
        earlier=shown[0].sequence if before and shown else (sequence + 1 if before else None),
        later=shown[-1].sequence if len(found) > size else None,
    )


def page_before(rows: QuerySet[JobLogEntry], sequence: int | None, *, size: int = SIZE) -> LogPage:
    """The rows that come before *sequence*; the last ones of all for None."""
    earlier_rows = rows if sequence is None else rows.filter(sequence__lt=sequence)
    found = list(earlier_rows.order_by("-sequence")[: size + 1])
    shown = found[:size][::-1]
    return LogPage(
        rows=list(ready_rows(shown, None)),
        earlier=shown[0].sequence if len(found) > size else None,
        later=shown[-1].sequence if sequence is not None and shown else None,
    )


def ready_rows(entries: list[JobLogEntry], before: JobLogEntry | None = None) -> Iterator[Row]:
    """A heading stands wherever the group changes; *before* is the row above, on the page already."""
    group = before.grouping if before else None
    for entry in entries:
        heading = entry.grouping if entry.grouping != group else ""
        group = entry.grouping
        yield Row(
            sequence=entry.sequence,
            link=f"?line={entry.sequence}#line-{entry.sequence}",
            heading=heading,
            time=clock_time(entry.created),
            level=entry.log_level,
            icon=level_icon(entry.log_level),
            subject=_subject(entry),
            message=_message(entry),
        )


def _subject(entry: JobLogEntry) -> SafeString | str:
    if not entry.log_object:
        return ""
    if not (url := safe_url(entry.absolute_url)):
        return format_html('<span class="jy-log-object">{}</span>', entry.log_object)
    link = '<span class="jy-log-object"><a href="{}" rel="noopener noreferrer">{}</a></span>'
    return format_html(link, url, entry.log_object)


def _message(entry: JobLogEntry) -> SafeString | str:
    return "" if entry.message == NO_MESSAGE else render(entry.message, keep_lines=True)
