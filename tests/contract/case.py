"""What a run is asked for, and what came out of it: the same words for every door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Row = tuple[str, str, str | None, str]  # group, level, object, message
Counters = dict[str, tuple[int, int, int, int]]


@dataclass(frozen=True)
class Case:
    """One run: ``fx_min/OnlyRun``, its inputs as JSON, its files."""

    job: str
    data: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    commit: bool = False

    @property
    def class_path(self) -> str:
        return self.job if self.job.startswith(("plugins/", "git.")) else f"local/{self.job}"


@dataclass(frozen=True)
class Outcome:
    """What users see of a run that has ended."""

    status: str
    reason: str | None
    data_committed: bool | None
    counters: Counters
    rows: list[Row]
    output: str
    author_data: dict[str, Any]

    @property
    def messages(self) -> list[str]:
        return [message for _, _, _, message in self.rows]

    @property
    def groups(self) -> list[str]:
        return list(self.counters)
