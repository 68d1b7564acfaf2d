"""The filter behind the list of results: from the address to rows and back to links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.db.models import QuerySet

from jobyard import statuses
from jobyard_server.runs.models import JobResult

ACTIVE: Final = "active"  #: Everything that has not ended.
CHOICES: Final = [("", "Any status"), (ACTIVE, "Active"), *statuses.LABELS.items()]


@dataclass(frozen=True, kw_only=True)
class ResultFilter:
    """Which results are wanted; empty means all."""

    status: str = ""
    name: str = ""
    queue: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> ResultFilter:
        status = query.get("status", "")
        known = status == ACTIVE or status in statuses.LABELS
        return cls(
            status=status if known else "",
            name=query.get("name", "").replace("\x00", "").strip()[:200],
            queue=query.get("queue", "").replace("\x00", "").strip()[:64],
        )

    def apply(self, results: QuerySet[JobResult]) -> QuerySet[JobResult]:
        if self.status:
            results = results.filter(status__in=statuses.ACTIVE if self.status == ACTIVE else [self.status])
        if self.queue:
            results = results.filter(task_queue=self.queue)
        return results.filter(name__icontains=self.name) if self.name else results

    def query(self, **more: str) -> str:
        """The query string of a link that keeps this filter."""
        named = {"status": self.status, "name": self.name, "queue": self.queue, **more}
        return urlencode({name: value for name, value in named.items() if value})

    def __bool__(self) -> bool:
        return bool(self.status or self.name or self.queue)
