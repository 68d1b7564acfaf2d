"""The parts of the page of workers and queues."""

from __future__ import annotations

import uuid
from typing import Any

from jobyard_server.runs.models import Component
from jobyard_server.runs.queue_states import QueueState
from jobyard_server.runs.workers import Worker
from jobyard_server.ui.patterns.pattern import Pattern, State
from jobyard_server.ui.patterns.samples import ago


def queues() -> list[Pattern]:
    stuck = _queue("slow", waiting=3, oldest=ago(minutes=12), is_served=False)
    hidden = _queue("reports", hidden_waiting=1, is_served=False)
    quiet = _queue("nightly", is_served=False)
    every = [stuck, hidden, _queue("default", waiting=1, oldest=ago(minutes=1), workers=[_worker()]), quiet]
    return [
        Pattern(
            title="Queues",
            about="What waits in each, and who takes it; a warning where nobody does.",
            states=[
                State(label="runs wait", template="ui/workers/_stuck.html", context={"queue": stuck}),
                State(label="hidden ones", template="ui/workers/_stuck.html", context={"queue": hidden}),
                State(label="all queues", template="ui/workers/_queues.html", context={"queues": every}),
            ],
        )
    ]


def _queue(name: str, **fields: Any) -> QueueState:
    values = {"waiting": 0, "hidden_waiting": 0, "oldest": None, "workers": [], "is_served": True, **fields}
    return QueueState(name=name, **values)


def _worker() -> Worker:
    row = Component(pk=uuid.uuid4(), kind="worker", hostname="worker-1", pid=4711)
    return Worker(row=row, is_alive=True, alive_until=ago(minutes=-1), runs=[], hidden_runs=0, revisions=[])
