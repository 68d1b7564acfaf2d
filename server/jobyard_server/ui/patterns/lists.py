"""The lines of the lists: jobs, results, sources, schedules, revisions, errors, code."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType

from jobyard import statuses
from jobyard_server.registry.history_models import PUBLISHED, REFUSED, WAITING, RevisionEvent
from jobyard_server.ui.code import code_lines, extract
from jobyard_server.ui.jobs.line_html import job_line
from jobyard_server.ui.jobs.listing import JobLine
from jobyard_server.ui.patterns.pattern import Pattern, State
from jobyard_server.ui.patterns.samples import (
    COMMIT,
    LONG,
    UNBROKEN,
    ago,
    job,
    module,
    result,
    revision,
    schedule,
    source,
)
from jobyard_server.ui.repositories.state import SourceLine, state_of
from jobyard_server.ui.revisions.timeline import TimelinePage, line_of

ERROR = {
    "message": "NameError: name 'ports' is not defined",
    "path": "jobs/audits.py",
    "line": 2,
    "commit": COMMIT,
}
TRACE = 'Traceback (most recent call last):\n  File "jobs/audits.py", line 2, in <module>\n    ports()'
CODE = "class CountPorts(Job):\n    ports()\n\n    def run(self, data, commit):\n        '''Count.'''\n"
BEFORE = "\n" * 40  # so that no number of a line is on the page twice
BROKEN_INPUT = {
    "what": "the schedule Nightly",
    "url": "/-/patterns/",
    "errors": {"site": ["This field is required."]},
}
CHANGES = {
    "added": ["git.care/audits/CountPorts"],
    "changed": [
        {
            "job": "git.care/audits/Other",
            "fields": [{"name": "name", "old": "Old", "new": "New"}],
            "variables": [{"name": "site", "change": "added", "fields": []}],
        }
    ],
    "removed": ["git.care/audits/Gone"],
}


def lists() -> list[Pattern]:
    return [
        Pattern(
            title="Jobs",
            about="A line of the list of jobs.",
            list_class="jy-panel jy-panel-flush jy-job-list",
            states=[State(label=label, html=job_line(line)) for label, line in _jobs()],
        ),
        Pattern(
            title="Results",
            about="A line of the list of results.",
            list_class="jy-panel jy-panel-flush jy-result-list",
            states=[
                State(label=label, template="ui/results/_line.html", context={"result": row})
                for label, row in _results()
            ],
        ),
        Pattern(
            title="Schedules",
            about="A line of the list of schedules.",
            list_class="jy-panel jy-panel-flush jy-result-list",
            states=[
                State(
                    label=label, template="ui/schedules/_line.html", context={"schedule": schedule(**fields)}
                )
                for label, fields in _schedules().items()
            ],
        ),
        Pattern(
            title="Repositories",
            about="A line of the list of repositories.",
            list_class="jy-panel jy-panel-flush jy-source-list",
            states=[
                State(label=label, template="ui/repositories/_line.html", context={"line": line})
                for label, line in _sources()
            ],
        ),
        Pattern(
            title="Modules that do not load",
            about="What is wrong, where, and what stays in service.",
            states=[
                State(label=label, template="ui/_load_error.html", context=context)
                for label, context in _errors()
            ],
        ),
        Pattern(
            title="Timeline",
            about="What happened to the revisions of a source.",
            states=[
                State(label="some events", template="ui/revisions/_timeline.html", context=_timeline()),
                State(
                    label="none yet",
                    template="ui/revisions/_timeline.html",
                    context={"timeline": TimelinePage(lines=[])},
                ),
                State(
                    label="changes of jobs",
                    template="ui/revisions/_changes.html",
                    context={"changes": CHANGES},
                ),
                State(
                    label="changes that saved inputs do not fit",
                    template="ui/revisions/_event_changes.html",
                    context={"event": {"changes": CHANGES, "broken_inputs": [BROKEN_INPUT]}},
                ),
            ],
        ),
        Pattern(
            title="Code",
            about="Highlighted by classes; the line that people look for is marked.",
            states=[
                State(
                    label="with a marked line",
                    template="ui/revisions/_code.html",
                    context={"lines": code_lines(CODE, "a.py", marked=2)},
                )
            ],
        ),
    ]


def _jobs() -> list[tuple[str, JobLine]]:
    special = job(module=module(load_error=ERROR), read_only=True, hidden=True, tag_names=["Core", "Nightly"])
    long = job(name=LONG, description=LONG, job_class_name="C" + UNBROKEN, enabled=False)
    return [
        ("never run", _line(job())),
        ("completed, a favourite", _line(job(), last_run=result(), is_favourite=True)),
        ("failed, running again", _line(job(), last_run=result(statuses.FAILED), is_active=True)),
        ("with badges and tags", _line(special, last_run=result(statuses.ERRORED))),
        ("very long", _line(long, last_run=result(statuses.TIMED_OUT))),
        ("without a description", _line(job(description=""))),
    ]


def _line(row: Any, **fields: Any) -> JobLine:
    return JobLine(job=row, **{"last_run": None, "is_active": False, "is_favourite": False, **fields})


def _results() -> list[tuple[str, Any]]:
    sync = ContentType(app_label="extras", model="gitrepository")
    return [
        *((statuses.LABELS[word].lower(), result(word)) for word in statuses.LABELS),
        ("dry run", result(commit=False)),
        ("sync", result(obj_type=sync, job_model=None, name="Network care")),
        ("very long", result(job_model=job(name=LONG), name=f"local/audits/{UNBROKEN}")),
    ]


def _schedules() -> dict[str, dict[str, Any]]:
    return {
        "active": {},
        "waits for approval": {"approval": "pending", "next_at": None, "interval": "immediately"},
        "denied": {"approval": "denied", "next_at": None},
        "disabled": {"enabled": False},
        "ended": {"next_at": None, "interval": "future"},
        "very long": {"name": LONG, "interval": "custom", "crontab": "*/5 8-18 * * 1-5"},
    }


def _sources() -> list[tuple[str, SourceLine]]:
    cases: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
        ("in step", {}, {}),
        ("waits for its turn", {}, {"is_waiting": True}),
        ("waits for a confirmation", {}, {"is_held": True}),
        ("with load errors", {}, {"broken_count": 2}),
        ("sync failed", {"error": f"fetch of git.care failed (no answer after 30 s). {LONG}"}, {}),
        ("never synced", {"last_synced": None}, {}),
    ]
    return [(label, _source_line(fields, state)) for label, fields, state in cases]


def _source_line(fields: dict[str, Any], state: dict[str, Any]) -> SourceLine:
    row = source("git", **{"last_synced": ago(minutes=4), **fields})
    known = {"is_waiting": False, "broken_count": 0, **state}
    return SourceLine(
        source=row, state=state_of(row, **known), job_count=24, broken_count=known["broken_count"]
    )


def _errors() -> list[tuple[str, dict[str, Any]]]:
    git = source("git")
    kept = module(of=git, revision=revision(git), load_error={**ERROR, "traceback": TRACE})
    long = module(name=UNBROKEN, load_error={**ERROR, "message": LONG + UNBROKEN, "path": UNBROKEN})
    code = extract(f"{BEFORE}{CODE}", "audits.py", BEFORE.count("\n") + 2)
    return [
        ("never published", {"module": module(load_error=ERROR)}),
        ("last good version in service", {"module": kept, "show_source": True}),
        ("with code and a link", {"module": kept, "lines": code, "url": "/extras/sources/"}),
        ("very long", {"module": long}),
    ]


def _timeline() -> dict[str, Any]:
    of = source("git")
    events = [
        RevisionEvent(source=of, revision=revision(of, **values), created=ago(hours=number), **fields)
        for number, (fields, values) in enumerate(_EVENTS, 1)
    ]
    return {"timeline": TimelinePage(lines=[line_of(event, of) for event in events])}


_EVENTS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"kind": PUBLISHED, "changes": CHANGES}, {}),
    ({"kind": PUBLISHED, "errors": [ERROR]}, {"message": LONG}),
    ({"kind": WAITING}, {"message": "Remove everything"}),
    ({"kind": REFUSED}, {"message": "Not signed", "signature_state": "unsigned"}),
    ({"kind": PUBLISHED, "cause": "rollback"}, {"message": ""}),
]
