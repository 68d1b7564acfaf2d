"""What the states and times of schedules are called, and how their inputs are shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from jobyard import statuses
from jobyard.spec import VariableSpec
from jobyard_server.access.models import User
from jobyard_server.registry.models import Job
from jobyard_server.schedules.models import ScheduledJob
from jobyard_server.schedules.times import CUSTOM, IMMEDIATELY
from jobyard_server.ui.run_form.object_choices import row_names
from jobyard_server.ui.run_form.schedule_fields import LABELS
from jobyard_server.ui.run_form.selections import OBJECTS

#: State to the colour and icon of a status, and the word for it.
STATES: Final = {
    "pending": (statuses.TIMED_OUT, "Waits for approval"),
    "denied": (statuses.FAILED, "Denied"),
    "disabled": (statuses.CANCELLED, "Disabled"),
    "ended": (statuses.COMPLETED, "Ended"),
    "active": (statuses.PENDING, "Active"),
}


def interval_words(schedule: ScheduledJob) -> str:
    """``Every day from the start time on``, or the crontab."""
    if schedule.interval == IMMEDIATELY:
        return "As soon as it is approved"
    if schedule.interval == CUSTOM:
        return f"By crontab {schedule.crontab}"
    return LABELS[schedule.interval]


def shown_inputs(schedule: ScheduledJob, user: User) -> list[tuple[str, str]]:
    """Label and value of each input, for *user*, who may decide about it."""
    return labelled_inputs(schedule.job_model, schedule.inputs, user)


def labelled_inputs(job: Job, inputs: Mapping[str, Any], user: User) -> list[tuple[str, str]]:
    """
    Inputs of *job* that were kept, under the labels of its form; rows by their names, if *user* may see them.

    Cost: one query for each variable that stands for rows.
    """
    known = {variable.name: variable for variable in job.spec.ordered_variables}
    ordered = [*(name for name in known if name in inputs), *(name for name in inputs if name not in known)]
    return [
        (known[name].label, _shown(known[name], inputs[name], user))
        if name in known
        else (name, _text(inputs[name]))
        for name in ordered
    ]


def _shown(variable: VariableSpec, value: Any, user: User) -> str:
    if variable.kind not in OBJECTS or not value:
        return _text(value)
    keys = [str(key) for key in value] if isinstance(value, list) else [str(value)]
    names = row_names(variable, keys, user)
    return ", ".join(names.get(key, key) for key in keys)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
