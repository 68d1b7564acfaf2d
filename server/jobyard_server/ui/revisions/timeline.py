"""The timeline of a source, a page of it at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.dateparse import parse_datetime

from jobyard_server.registry.forges import commit_url
from jobyard_server.registry.history import events_of
from jobyard_server.registry.history_models import PUBLISHED, REFUSED, WAITING, RevisionEvent
from jobyard_server.registry.models import Source

PAGE: Final = 15
TONES: Final = {PUBLISHED: "completed", WAITING: "pending", REFUSED: "errored"}
WORDS: Final = {PUBLISHED: "Published", WAITING: "Waits", REFUSED: "Refused"}


@dataclass(frozen=True, kw_only=True)
class TimelineLine:
    """One event with what its line needs."""

    event: RevisionEvent
    tone: str
    word: str
    title: str  #: First line of the message.
    url: str  #: Where the forge shows the commit.
    is_current: bool  #: It put what is in service there.
    may_return: bool  #: Its revision can be rolled back to.
    counts: list[str]  #: "2 added", "1 changed", …

    @property
    def is_reading_again(self) -> bool:
        """Its revision was in service already; what is new comes from outside of it."""
        return self.event.previous_id == self.event.revision_id


@dataclass(frozen=True, kw_only=True)
class TimelinePage:
    """Lines, and where the next page begins."""

    lines: list[TimelineLine]
    before: str = ""  #: For ``?before=``; empty on the last page.


def timeline(source: Source, before: str = "") -> TimelinePage:
    """
    Args:
        source: With its repository loaded.
        before: Time of the event after which to go on, from ``TimelinePage.before``.
    """
    rows = events_of(source)
    moment = _moment(before)
    if moment is not None:
        rows = rows.filter(created__lt=moment)
    found = list(rows[: PAGE + 1])
    more = found[PAGE - 1].created.isoformat() if len(found) > PAGE else ""
    current = _current(source)
    return TimelinePage(lines=[line_of(event, source, current) for event in found[:PAGE]], before=more)


def _current(source: Source) -> RevisionEvent | None:
    """The event that put what is in service there."""
    return events_of(source).filter(kind=PUBLISHED, revision=source.revision_id).first()


def line_of(event: RevisionEvent, source: Source, current: RevisionEvent | None = None) -> TimelineLine:
    """*current* is the event that put what is in service there."""
    repository = source.git_repository
    commit = event.revision.identifier
    return TimelineLine(
        event=event,
        tone="failed" if event.kind == PUBLISHED and event.errors else TONES[event.kind],
        word="Published in part" if event.kind == PUBLISHED and event.errors else WORDS[event.kind],
        title=next(iter(event.revision.message.splitlines()), ""),
        url=commit_url(repository.remote_url, repository.forge, commit) if repository else "",
        is_current=event == current,
        may_return=event.kind == PUBLISHED and event.revision_id != source.revision_id,
        counts=_counts(event.changes, len(event.errors)),
    )


def _counts(changes: dict[str, Any], errors: int) -> list[str]:
    counts = [
        f"{len(items)} {word}"
        for word in ("added", "returned", "changed", "renamed", "removed")
        if (items := changes.get(word))
    ]
    return [*counts, f"{errors} with errors"] if errors else counts


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
