"""What the head of a result page says: status, times, counters, what ran."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from jobyard import events, statuses
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may
from jobyard_server.runs.components import component_states, has_worker
from jobyard_server.runs.models import JobResult

OUTPUT_SHOWN: Final = 200_000  #: Characters of the output on the page; all of it is a download.

#: Escape sequences of terminals: colours, cursor moves, titles, links. The page shows the text alone.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, kw_only=True)
class GroupCounters:
    """One line of the table of counters."""

    name: str
    counts: list[tuple[str, int]]  #: Level and number, in the order of the levels.


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A result, and what its templates would otherwise have to work out."""

    result: JobResult
    is_sync: bool
    groups: list[GroupCounters]
    totals: list[tuple[str, int]]
    may_cancel: bool
    may_run_again: bool
    waits_for: str  #: Why it does not begin, when that is known.

    @property
    def span(self) -> timedelta:
        """From acceptance to the end, or until now."""
        return (self.result.completed or timezone.now()) - self.result.created

    @property
    def title(self) -> str:
        return self.result.job_model.name if self.result.job_model else self.result.name

    @property
    def revision(self) -> str:
        """First characters of the commit or digest that ran."""
        return str(self.result.origin.get("commit", ""))[:12]

    @property
    def output(self) -> str:
        return self.result.output.strip("\n")[:OUTPUT_SHOWN]

    @property
    def output_is_cut(self) -> bool:
        return len(self.result.output.strip("\n")) > OUTPUT_SHOWN

    @property
    def console(self) -> str:
        return plain_console(self.result.console)


def summarise(result: JobResult, user: User) -> Summary:
    """The head of the page of *result*, for *user*."""
    job = result.job_model
    return Summary(
        result=result,
        is_sync=result.obj_type.model == "gitrepository",
        groups=[_counters(group) for group in result.counters],
        totals=list(result.totals.items()),
        may_cancel=not result.is_terminal and _may_cancel(result, user),
        may_run_again=job is not None and may(user, "run", job),
        waits_for=_waits_for(result) if result.status == statuses.PENDING else "",
    )


def _may_cancel(result: JobResult, user: User) -> bool:
    """Whoever asked for it, and whoever may change results; a sync ends by itself."""
    is_run = result.obj_type.model == "job"
    return is_run and (result.user_id == user.pk or may(user, "change", result))


def _waits_for(result: JobResult) -> str:
    if result.obj_type.model == "gitrepository":
        return (
            "" if component_states()["sync"] == "ok" else "The sync daemon is not running; it waits for it."
        )
    if has_worker(result.task_queue):
        return ""
    return f"No worker serves the queue {result.task_queue}; it waits for one."


def plain_console(text: str) -> str:
    """What was printed, without anything that a terminal would obey."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def _counters(group: dict[str, Any]) -> GroupCounters:
    counts = [(level, int(group.get(level, 0))) for level in events.COUNTED_LEVELS]
    return GroupCounters(name=str(group.get("grouping", "")), counts=counts)
