"""What the head of a result page says: status, times, counters, what ran."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple

from django.conf import settings

from jobyard import events, statuses
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may
from jobyard_server.registry.visible import may_view_source
from jobyard_server.runs.components import component_states, has_worker
from jobyard_server.runs.locks import Blocker, blockers_of
from jobyard_server.runs.models import JobResult, OutputFile
from jobyard_server.runs.output_files import files_of
from jobyard_server.ui import moments

LAUNCHED: Final = 2
LAUNCHERS: Final = {
    "bwrap": "bubblewrap",
    "uid": "an account of its own",
    "systemd-run": "a scope of systemd",
}
TIERS: Final = {0: "tier 0: process and limits", 1: "tier 1: Landlock"}
OUTPUT_SHOWN: Final = 200_000  #: Characters of the output on the page; all of it is a download.

NO_WORKER: Final = "It waits for a worker of the queue {}; none serves it now."

#: Escape sequences of terminals: colours, cursor moves, titles, links. The page shows the text alone.
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, kw_only=True)
class GroupCounters:
    """One line of the table of counters."""

    name: str
    counts: list[tuple[str, int]]  #: Level and number, in the order of the levels.


class Waits(NamedTuple):
    """What a run waits for before it begins."""

    sentence: str = ""
    way_out: str = ""  #: The command that starts what is missing.


NO_DAEMON: Final = Waits("The sync daemon is not running; it waits for it.", "jobyard sync")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A result, and what its templates would otherwise have to work out."""

    result: JobResult
    is_sync: bool
    groups: list[GroupCounters]
    totals: list[tuple[str, int]]
    may_cancel: bool
    may_run_again: bool
    may_view_code: bool  #: The revision that it ran from.
    may_repeat: bool  #: With the same inputs, which were kept.
    files: list[OutputFile]
    waits_for: Waits  #: Why it does not begin; empty when it waits for nothing.
    blockers: list[Blocker]  #: The runs that have to end first.

    @property
    def span(self) -> timedelta | None:
        """From the start to the end, or until now; None while it waits for its turn."""
        result = self.result
        if not result.started and not result.is_terminal:
            return None
        return moments.run_length(result.created, result.started, result.completed)

    @property
    def sandbox(self) -> str:
        """The tier for people; empty before the run has begun."""
        tier = self.result.sandbox.get("tier")
        if tier == LAUNCHED:
            return f"tier 2: {LAUNCHERS.get(self.result.sandbox.get('launcher'), 'launcher')}"
        return "" if tier is None else TIERS.get(tier, f"tier {tier}")

    @property
    def cancel_grace(self) -> float:
        """Seconds that a run has to clean up after it was asked to stop."""
        return float(settings.JOBYARD["CANCEL_GRACE"])

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
    job, blockers = result.job_model, blockers_of(result)
    return Summary(
        result=result,
        is_sync=result.obj_type.model == "gitrepository",
        groups=[_counters(group) for group in result.counters or _expected_groups(result)],
        totals=list(result.totals.items()),
        may_cancel=not result.is_terminal and _may_cancel(result, user),
        may_run_again=job is not None and may(user, "run", job),
        blockers=blockers,
        may_repeat=job is not None
        and result.is_terminal
        and not result.has_sensitive_variables
        and may(user, "run", job),
        may_view_code=result.revision is not None and may_view_source(user, result.revision.source),
        files=list(files_of(result)),
        waits_for=_waits_for(result, blockers),
    )


def _expected_groups(result: JobResult) -> list[dict[str, Any]]:
    """The groups that a run will have, so that the page does not jump when it begins."""
    if result.is_terminal or result.job_model is None:
        return []
    spec = result.job_model.spec_json
    names = [*(["run"] if spec.get("has_run") else []), *spec.get("test_methods", [])]
    return [{"grouping": name} for name in names]


def _may_cancel(result: JobResult, user: User) -> bool:
    """Whoever asked for it, and whoever may change results; a sync ends by itself."""
    is_run = result.obj_type.model == "job"
    return is_run and (result.user_id == user.pk or may(user, "change", result))


def _waits_for(result: JobResult, blockers: list[Blocker]) -> Waits:
    if result.status != statuses.PENDING or result.worker or result.cancel_requested:
        return Waits()
    if result.obj_type.model == "gitrepository":
        return Waits() if component_states()["sync"] == "ok" else NO_DAEMON
    if not has_worker(result.task_queue):
        return Waits(NO_WORKER.format(result.task_queue), f"jobyard worker --queues {result.task_queue}")
    return Waits() if blockers else Waits(f"It waits for a free worker of the queue {result.task_queue}.")


def plain_console(text: str) -> str:
    """What was printed, without anything that a terminal would obey."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text.replace("\r\n", "\n")))


def _counters(group: dict[str, Any]) -> GroupCounters:
    counts = [(level, int(group.get(level, 0))) for level in events.COUNTED_LEVELS]
    return GroupCounters(name=str(group.get("grouping", "")), counts=counts)
