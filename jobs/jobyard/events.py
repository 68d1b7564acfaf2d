"""
What a run tells the outside while it works: small events, in order, to one sink.

In a child the sink is a pipe to the supervisor (JSON, one frame each); in a test it is a list.
The supervisor trusts none of them: it checks, caps, redacts and stores.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import UnionType
from typing import Any, Protocol, get_args, get_origin, get_type_hints

DEFAULT, SUCCESS, INFO, WARNING, FAILURE = "default", "success", "info", "warning", "failure"
LEVELS = (DEFAULT, SUCCESS, INFO, WARNING, FAILURE)
COUNTED_LEVELS = (SUCCESS, INFO, WARNING, FAILURE)


@dataclass(frozen=True, kw_only=True)
class Started:
    """Author code may start now."""


@dataclass(frozen=True, kw_only=True)
class GroupOpened:
    """A group that is shown even when nothing is logged in it (``run``, each test, ``post_run``)."""

    grouping: str


@dataclass(frozen=True, kw_only=True)
class LogRow:
    """One call of the logging methods, or one of jobyard's own rows."""

    message: str
    level: str = DEFAULT
    grouping: str = "main"
    object_text: str | None = None  #: ``str(obj)``, at most 200 characters.
    object_url: str | None = None  #: At most 255 characters.
    created: float = field(default_factory=time.time)  #: Seconds since the epoch, UTC.


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the job says it is."""

    done: float
    total: float | None = None
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """Rows of the change log that are about to be rolled back, in order, as the database writes them out."""

    rows: list[str]


@dataclass(frozen=True, kw_only=True)
class FilePiece:
    """A part of a file that the job leaves behind; the parts of a file follow each other."""

    number: int  #: Of the file within its run, from 1.
    name: str
    data: str  #: Base64, at most 1 MiB when decoded.
    is_last: bool


@dataclass(frozen=True, kw_only=True)
class Result:
    """The last event of a run; without it a run cannot be completed."""

    status: str  #: completed, failed, errored, timed_out or cancelled
    reason: str | None = None  #: One of the reasons in ``jobyard.statuses``.
    output: str = ""
    author_data: dict[str, Any] = field(default_factory=dict)
    data_committed: bool = False
    timings: dict[str, Any] = field(default_factory=dict)  #: Seconds by phase, as the job's process saw them.


@dataclass(frozen=True, kw_only=True)
class LocksNamed:
    """The class was asked what its run will lock; nothing else was done."""

    names: list[str]


Event = Started | GroupOpened | LogRow | Progress | Changes | FilePiece | Result | LocksNamed

_TYPES: dict[str, type[Event]] = {
    "started": Started,
    "group": GroupOpened,
    "log": LogRow,
    "progress": Progress,
    "changes": Changes,
    "file": FilePiece,
    "result": Result,
    "locks": LocksNamed,
}
_NAMES = {cls: name for name, cls in _TYPES.items()}


def _accepted_types(cls: type[Event]) -> dict[str, tuple[type, ...]]:
    """Field names of an event and what JSON may have put there; a whole number is a number too."""
    found = {}
    for name, hint in get_type_hints(cls).items():
        parts = [get_origin(part) or part for part in get_args(hint) if get_origin(hint) is UnionType]
        types = tuple(parts) or (get_origin(hint) or hint,)
        found[name] = (*types, int) if float in types else types
    return found


_ACCEPTED_TYPES = {cls: _accepted_types(cls) for cls in _TYPES.values()}


class Sink(Protocol):
    """Takes events in the order of the calls."""

    def emit(self, event: Event) -> None: ...


def to_frame(event: Event) -> dict[str, Any]:
    """A JSON object for *event*; ``event`` names its type."""
    # Not asdict(), which copies every value deeply: this is the hottest path of a run.
    return {"event": _NAMES[type(event)], **vars(event)}


def from_frame(frame: dict[str, Any]) -> Event:
    """
    The event of a frame.

    Raises:
        ValueError: Unknown type, or keys or types that its event does not have.
    """
    values = dict(frame)
    name = values.pop("event", None)
    cls = _TYPES.get(name) if isinstance(name, str) else None
    if cls is None:
        raise ValueError("frame names no known event")
    accepted = _ACCEPTED_TYPES[cls]
    for key, value in values.items():
        if not isinstance(value, accepted.get(key, ())):
            raise ValueError(f"frame does not fit the event {name}: {key[:100]}")  # noqa: TRY004  # one error
    try:
        return cls(**values)
    except TypeError as exc:
        raise ValueError(f"frame does not fit the event: {exc}") from exc
