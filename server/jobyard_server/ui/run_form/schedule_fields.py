"""The part of a run form that says when: now, once later, or again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import QueryDict

from jobyard.spec import JobSpec
from jobyard_server.schedules.times import CUSTOM, DAILY, FUTURE, HOURLY, IMMEDIATELY, WEEKLY
from jobyard_server.ui.moments import zone_of_reader
from jobyard_server.ui.run_form.fields import FormField, Option, OptionGroup

PREFIX: Final = "_schedule_"
NAMES: Final = ("interval", "name", "start_time", "crontab", "time_zone")
LABELS: Final = {
    IMMEDIATELY: "Now",
    FUTURE: "Once, at the start time",
    HOURLY: "Every hour from the start time on",
    DAILY: "Every day from the start time on",
    WEEKLY: "Every week from the start time on",
    CUSTOM: "By crontab",
}
SENSITIVE: Final = (
    "The inputs of this job may be sensitive, so they are not kept for later and it can only run now. "
    "Its author can change that with has_sensitive_variables = False."
)
NOT_WANTED: Final = "The author of this job does not allow schedules for it."


def reason_for_now_only(spec: JobSpec) -> str:
    """Why this job has no schedules; empty where it can have them."""
    if spec.has_sensitive_variables:
        return SENSITIVE
    return "" if spec.scheduling_enabled else NOT_WANTED


def sent_schedule(sent: QueryDict) -> dict[str, str] | None:
    """What the form says about when, as ``read_wish`` takes it."""
    if not sent.get(f"{PREFIX}interval"):
        return None
    return {name: sent.get(f"{PREFIX}{name}", "") for name in NAMES}


def schedule_fields(sent: Mapping[str, str] | None, errors: Mapping[str, list[str]]) -> list[FormField]:
    """The controls, filled in with what was *sent*; *errors* by field of the schedule."""
    values = sent or {}
    return [
        _interval(values.get("interval") or IMMEDIATELY, errors),
        FormField(
            **_named("name", "Name of the schedule", errors),
            help="So that others know it again",
            value=values.get("name", ""),
            attributes={"maxlength": "255"},
        ),
        FormField(
            **_named("start_time", "Start time", errors),
            type="datetime-local",
            value=values.get("start_time", ""),
        ),
        FormField(
            **_named("crontab", "Crontab", errors),
            help="Minute, hour, day, month, day of week; 0 3 * * 1-5 is three in the morning on workdays",
            value=values.get("crontab", ""),
            attributes={"maxlength": "200", "spellcheck": "false", "class": "jy-code-input"},
        ),
        FormField(
            **_named("time_zone", "Time zone", errors),
            help="Whose clock is followed, also when it changes for summer",
            value=values.get("time_zone") or str(zone_of_reader()),
            attributes={"maxlength": "100", "spellcheck": "false"},
        ),
    ]


def _interval(chosen: str, errors: Mapping[str, list[str]]) -> FormField:
    options = [Option(value=value, label=label, selected=value == chosen) for value, label in LABELS.items()]
    groups = [OptionGroup(options=options)]
    return FormField(**_named("interval", "When", errors), control="select", groups=groups)


def _named(name: str, label: str, errors: Mapping[str, list[str]]) -> dict[str, Any]:
    return {"name": f"{PREFIX}{name}", "label": label, "errors": errors.get(name, [])}
