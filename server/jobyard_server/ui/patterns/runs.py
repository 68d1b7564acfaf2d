"""What the pages of runs show: log rows, plans, charts."""

from __future__ import annotations

import uuid
from datetime import timedelta

from jobyard import events, statuses
from jobyard_server.changes.models import ACTIONS, CREATE, DELETE, UPDATE, PlannedChange
from jobyard_server.runs.models import JobLogEntry
from jobyard_server.ui.changes.plan_view import WORDS, PlanHead, PlanPage
from jobyard_server.ui.changes.shown import ChangedObject, Line, Step
from jobyard_server.ui.jobs.chart import Chart, draw
from jobyard_server.ui.patterns.pattern import Pattern, State
from jobyard_server.ui.patterns.samples import LONG, UNBROKEN, ago, result
from jobyard_server.ui.results.log_page import LogPage, ready_rows

MESSAGES = {
    events.SUCCESS: "All **24** ports answer.",
    events.INFO: "See `sw1.example.net`:\n\n- eth0\n- eth1",
    events.WARNING: LONG,
    events.FAILURE: UNBROKEN,
    events.DEFAULT: "A plain row.",
}


def runs() -> list[Pattern]:
    return [
        Pattern(
            title="Rows of a log",
            about="Each level; Markdown, objects with links, long lines.",
            list_class="jy-panel jy-panel-flush jy-log-rows",
            states=[State(label="all levels", template="ui/results/_rows.html", context={"page": _log()})],
        ),
        Pattern(
            title="Plan",
            about="What a dry run would have changed, or a run did.",
            states=[
                State(
                    label="differs from what was approved; could be applied",
                    template="ui/changes/_plan.html",
                    context={"plan": _plan(), "result": result()},
                )
            ],
        ),
        Pattern(
            title="Chart of a history",
            about="How long runs took and how they ended; the same in words above it.",
            states=[
                State(label=label, template="ui/jobs/_chart.html", context={"chart": _chart(spans)})
                for label, spans in _SPANS.items()
            ],
        ),
    ]


def _log() -> LogPage:
    entries = [
        JobLogEntry(
            sequence=number, created=ago(minutes=1), grouping="test_ports" if number > 2 else "run",  # noqa: PLR2004  # two groups
            log_level=level, message=message, log_object="sw1" if number % 2 else None,
            absolute_url="/dcim/devices/" if number % 2 else None,
        )
        for number, (level, message) in enumerate(MESSAGES.items(), 1)
    ]  # fmt: skip
    return LogPage(rows=list(ready_rows(entries)), earlier=None, later=None)


def _plan() -> PlanPage:
    objects = [_object(action, number) for number, action in enumerate((CREATE, UPDATE, DELETE))]
    counts = [(action, 1, word) for action, word in WORDS["would"].items()]
    head = PlanHead(
        title="Changes", sentence="Grouped by object.", counts=counts, total=len(objects), is_mixed=False
    )
    return PlanPage(
        head=head, objects=objects, after=0, may_apply=True, obstacle="", form_address="",
        missing=objects[:1], extra=objects[1:],
    )  # fmt: skip


def _object(action: str, number: int) -> ChangedObject:
    lines = [
        Line(label="name", before="" if action == CREATE else "sw1", after="" if action == DELETE else "sw2"),
        Line(
            label="comments", before="" if action == CREATE else LONG, after="" if action == DELETE else "-"
        ),
    ]
    step = Step(action=action, word=ACTIONS[action], lines=lines, change=PlannedChange())
    return ChangedObject(
        kind="device",
        name=UNBROKEN if number else "sw1",
        url="/dcim/devices/" if number else "",
        steps=[step],
    )


def _chart(spans: list[float]) -> Chart:
    words = [statuses.COMPLETED] * 4 + [statuses.FAILED, statuses.ERRORED, statuses.TIMED_OUT]
    begun = ago(hours=1)
    return draw(
        [
            (uuid.uuid4(), words[number % len(words)], begun, begun, begun + timedelta(seconds=span))
            for number, span in enumerate(spans)
        ]
    )


_SPANS: dict[str, list[float]] = {
    "sixty runs": [1 + (number * 7) % 11 for number in range(60)],
    "one run": [3.2],
    "one that took very long": [0.4, 0.5, 0.6, 0.4, 900.0, 0.5],
}
