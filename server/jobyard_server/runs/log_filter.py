"""Which rows of a log are wanted; pages, downloads and REST ask with the same words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from jobyard.events import LEVELS
from jobyard_server.runs.models import JobLogEntry, JobResult

MAX_WORDS = 200


@dataclass(frozen=True, kw_only=True)
class LogFilter:
    """Empty means all."""

    group: str = ""
    level: str = ""
    words: str = ""  #: Part of the message or of the object.

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> LogFilter:
        level = query.get("level", "")
        return cls(
            group=query.get("group", "")[:100],
            level=level if level in LEVELS else "",
            words=query.get("q", "").replace("\x00", "").strip()[:MAX_WORDS],
        )

    def apply(self, rows: QuerySet[JobLogEntry]) -> QuerySet[JobLogEntry]:
        rows = rows.filter(grouping=self.group) if self.group else rows
        rows = rows.filter(log_level=self.level) if self.level else rows
        if not self.words:
            return rows
        return rows.filter(Q(message__icontains=self.words) | Q(log_object__icontains=self.words))

    @property
    def query(self) -> str:
        """For a link that keeps this filter."""
        named = {"group": self.group, "level": self.level, "q": self.words}
        return urlencode({name: value for name, value in named.items() if value})

    def __bool__(self) -> bool:
        return bool(self.group or self.level or self.words)


def rows_of(result: JobResult, wanted: LogFilter) -> QuerySet[JobLogEntry]:
    return wanted.apply(JobLogEntry.objects.filter(job_result=result))
