"""What came out of a run: everything a test may want to look at."""

from __future__ import annotations

import base64
from collections import Counter
from dataclasses import dataclass
from typing import Any

from jobyard.events import Event, FilePiece, GroupOpened, LogRow, Result
from jobyard.job import BaseJob


@dataclass(frozen=True, kw_only=True)
class JobRun:
    """One finished run."""

    job: BaseJob | None  #: The instance, with what it stored on itself; None if it could not be made.
    result: Result
    events: list[Event]  #: All of them, in order; the last one is *result*.

    @property
    def status(self) -> str:
        """``completed``, ``failed``, ``errored``, ``timed_out`` or ``cancelled``."""
        return self.result.status

    @property
    def reason(self) -> str | None:
        """Why it is not completed."""
        return self.result.reason

    @property
    def output(self) -> str:
        """What the methods returned, as text."""
        return self.result.output

    @property
    def data(self) -> dict[str, Any]:
        """What the job stored in ``self.result.data``."""
        return self.result.author_data

    @property
    def is_committed(self) -> bool:
        """Tell whether the changes of ``run`` and the tests were kept."""
        return self.result.data_committed

    @property
    def rows(self) -> list[LogRow]:
        """The log, in the order of the calls."""
        return [event for event in self.events if isinstance(event, LogRow)]

    @property
    def files(self) -> dict[str, bytes]:
        """The files that the job created, by name."""
        found: dict[str, bytes] = {}
        for event in self.events:
            if isinstance(event, FilePiece):
                found[event.name] = found.get(event.name, b"") + base64.b64decode(event.data)
        return found

    @property
    def groups(self) -> list[str]:
        """Names of the groups of the log, in the order in which they appeared."""
        named = [event.grouping for event in self.events if isinstance(event, GroupOpened | LogRow)]
        return list(dict.fromkeys(named))

    @property
    def counts(self) -> Counter[str]:
        """How many rows there are of each level."""
        return Counter(row.level for row in self.rows)

    def messages(self, level: str | None = None, *, grouping: str | None = None) -> list[str]:
        """The messages of the log, of one level or one group only if that is given."""
        return [
            row.message
            for row in self.rows
            if level in (None, row.level) and grouping in (None, row.grouping)
        ]

    def __str__(self) -> str:
        lines = [
            f"{row.grouping}: {row.level}: {f'{row.object_text}: ' if row.object_text else ''}{row.message}"
            for row in self.rows
        ]
        return "\n".join([*lines, f"{self.status}{f' ({self.reason})' if self.reason else ''}"])
