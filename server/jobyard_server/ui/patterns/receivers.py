"""The parts of the pages of job hooks, and of the jobs that hooks and buttons start."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from jobyard import statuses
from jobyard.spec import JobSpec
from jobyard_server.receivers.models import JobButton, JobHook
from jobyard_server.ui.patterns.pattern import Pattern, State
from jobyard_server.ui.patterns.samples import ago, key, result
from jobyard_server.ui.receivers.hook_state import DISABLED, HookRun, HookState

RECEIVER = JobSpec(module="sync", class_name="Sync", name="Sync upstream", grouping="Sync")
_REFUSED = "Job “Sync upstream” needs an input that changes do not give."


def receivers() -> list[Pattern]:
    hooks = [
        JobHook(pk=key(1), name="Tell the monitoring"),
        JobHook(pk=key(2), name="Old one", enabled=False),
    ]
    buttons = [JobButton(pk=key(3), name="Reload")]
    return [
        Pattern(
            title="Job hook",
            about="What changes started, and why they start nothing.",
            states=[
                _state("nothing yet", _hook_state()),
                _state("it starts nothing", _hook_state(obstacle=DISABLED)),
                _state("runs, and changes that wait", _hook_state(waiting=2, runs=_runs())),
            ],
        ),
        Pattern(
            title="What starts a receiver",
            about="Beside a job that people do not start.",
            states=[
                _starters("job hooks", replace(RECEIVER, is_job_hook_receiver=True), hooks),
                _starters("job buttons", replace(RECEIVER, is_job_button_receiver=True), buttons),
                _starters("none", replace(RECEIVER, is_job_hook_receiver=True), []),
            ],
        ),
    ]


def _state(label: str, state: HookState) -> State:
    return State(label=label, template="ui/receivers/_hook_state.html", context={"hook_state": state})


def _hook_state(**fields: Any) -> HookState:
    return HookState(**{"obstacle": "", "waiting": 0, "actions": "create or delete", "runs": [], **fields})


def _runs() -> list[HookRun]:
    refused = result(statuses.ERRORED, created=ago(hours=1), started=None)
    return [
        HookRun(run=result(created=ago(minutes=3)), reason=""),
        HookRun(run=refused, reason=_REFUSED),
    ]


def _starters(label: str, spec: JobSpec, starters: list[Any]) -> State:
    context = {"spec": spec, "starters": starters}
    return State(label=label, template="ui/receivers/_starters.html", context=context)
