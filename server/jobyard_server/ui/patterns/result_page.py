"""The parts of the page of a result: summary, actions, log tools, output, provenance."""

from __future__ import annotations

import uuid
from typing import Any

from jobyard import statuses
from jobyard.events import LEVELS
from jobyard_server.runs.locks import Blocker
from jobyard_server.runs.log_filter import LogFilter
from jobyard_server.runs.models import JobResult, OutputFile
from jobyard_server.ui.patterns.pattern import Pattern, State
from jobyard_server.ui.patterns.samples import COMMIT, LONG, UNBROKEN, ago, counters, result
from jobyard_server.ui.results.log_page import LogPage
from jobyard_server.ui.results.summary import NO_WORKER, GroupCounters, Summary, Waits
from jobyard_server.ui.results.trouble import Trouble


def result_page() -> list[Pattern]:
    ended, running = _result(), _result(statuses.RUNNING)
    return [
        Pattern(
            title="Summary of a result",
            about="How it stands, why, when, by whom, and how many rows it wrote.",
            states=[
                State(label=label, template="ui/results/_facts.html", context=_context(row, **more))
                for label, row, more in _summaries()
            ],
        ),
        Pattern(
            title="Actions of a result",
            about="What can be done with it now.",
            states=[
                _state("while it runs", "ui/results/_actions.html", running),
                _state("while it is being cancelled", "ui/results/_actions.html", _result(
                    statuses.RUNNING, cancel_requested=True)),
                _state("when it has ended", "ui/results/_actions.html", ended),
            ],
        ),
        Pattern(
            title="Around a log",
            about="Search, pages, progress, and what stands there without rows.",
            states=[
                _state("search", "ui/results/_log_tools.html", ended),
                _state("rows before these", "ui/results/_earlier.html", ended),
                _state("rows after these", "ui/results/_later.html", ended),
                _state("waiting to be started", "ui/results/_log_empty.html", _result(statuses.PENDING)),
                _state("no row matches", "ui/results/_log_empty.html", ended, wanted=LogFilter(words="sw1")),
                _state("no progress known", "ui/results/_poll.html", running, is_live=True),
                _state("three of ten", "ui/results/_poll.html", _result(
                    statuses.RUNNING, progress={"done": 3, "total": 10, "message": "sw3"}), is_live=True),
            ],
        ),
        Pattern(
            title="Inputs, output and provenance",
            about="What the run was given and returned, its files, and where all of it came from.",
            states=[
                _state("with files and console text", "ui/results/_output.html", ended),
                _state("inputs", "ui/results/_inputs.html", _result(has_sensitive_variables=False), inputs=[
                    ("Site", "Amsterdam"), ("Note", "")]),
                _state("provenance", "ui/results/_provenance.html", ended),
            ],
        ),
    ]  # fmt: skip


def _state(label: str, template: str, row: JobResult, **more: Any) -> State:
    return State(label=label, template=template, context=_context(row, **more))


def _result(status: str = statuses.COMPLETED, **fields: Any) -> JobResult:
    values: dict[str, Any] = {
        "started": ago(minutes=2, seconds=50), "origin": {"name": "git.care", "commit": COMMIT},
        "commit": True, "sandbox": {"tier": 1}, "output": "24 ports", "console": "connecting to sw1\n",
    }  # fmt: skip
    return result(status, **{**values, **fields})


def _summaries() -> list[tuple[str, JobResult, dict[str, Any]]]:
    waits = [Blocker(id=uuid.uuid4(), name="local/audits/Other", status="running", locks=["site-ams"])]
    return [
        ("waiting for a worker", _result(statuses.PENDING, started=None), {"waits": _NO_WORKER}),
        ("waiting for another one", _result(statuses.PENDING, started=None), {"blockers": waits}),
        ("running", _result(statuses.RUNNING), {}),
        ("completed", _result(), {}),
        ("errored", _result(statuses.ERRORED, status_reason=statuses.EXCEPTION), {"trouble": _TROUBLE}),
        ("failed, very long", _result(statuses.FAILED, status_reason=LONG), {"group": UNBROKEN}),
    ]


def _context(row: JobResult, *, group: str = "run", **more: Any) -> dict[str, Any]:
    summary = Summary(
        result=row, is_sync=False, totals=list(row.totals.items()),
        groups=[GroupCounters(name=group, counts=list(counters(success=3).items())[1:])],
        may_cancel=not row.is_terminal, may_run_again=True, may_repeat=row.is_terminal, may_view_code=False,
        waits_for=more.pop("waits", Waits()), blockers=more.pop("blockers", []),
        files=[OutputFile(pk=uuid.uuid4(), job_result=row, name="ports.csv", size=2048)],
    )  # fmt: skip
    page = LogPage(rows=[], earlier=100, later=200)
    known = {
        "result": row, "summary": summary, "page": page, "wanted": LogFilter(), "levels": LEVELS,
        "provenance": _PROVENANCE, "last_sequence": -1, "shown": 0,
    }  # fmt: skip
    return {**known, **more}


_TROUBLE = Trouble(41, "ams01-core1", "An exception occurred: TimeoutError: no answer", 2)
_NO_WORKER = Waits(NO_WORKER.format("slow"), "jobyard worker --queues slow")
_PROVENANCE = {
    "code": {
        "revision": COMMIT,
        "source": {"name": "git.care"},
        "path": "jobs/audits.py",
        "snapshot": COMMIT,
    },
    "requested_by": {"user": "alice", "address": "192.0.2.7"},
    "executed_by": {"host": "worker-1", "pid": 4711, "version": "0.1.0", "queue": "default"},
    "phases": {"waiting": 0.012, "starting": 0.034, "run": 1.5},
}
