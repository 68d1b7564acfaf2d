"""Fields in all their states, and what stands above a form."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message

from jobyard_server.ui.patterns.pattern import Pattern, State
from jobyard_server.ui.patterns.samples import LONG, UNBROKEN
from jobyard_server.ui.run_form.fields import FormField, Option, OptionGroup

GROUPS = [
    OptionGroup(options=[Option(value="a", label="First", selected=True)]),
    OptionGroup(
        label="Of a group", options=[Option(value="b", label="Second"), Option(value="c", label=LONG)]
    ),
]
FIELDS: dict[str, dict[str, Any]] = {
    "text, required": {"required": True, "help": "What it is for."},
    "text, filled and wrong": {"value": "192.0.2.300", "errors": ["Enter an IP address."], "help": "A host."},
    "text, very long": {"label": LONG, "value": UNBROKEN, "help": LONG, "errors": [LONG]},
    "number": {"type": "number", "value": "3", "hints": ["From 1 to 9."]},
    "several lines": {"control": "textarea", "value": "One\nTwo"},
    "one of many": {"control": "select", "groups": GROUPS},
    "several of many, wrong": {
        "control": "select", "groups": GROUPS, "multiple": True, "errors": ["Choose at least two."],
    },
    "a tick": {"control": "checkbox", "checked": True, "help": "Uncheck for a dry run."},
    "a file": {"control": "file", "required": True},
}  # fmt: skip
LEVELS = {
    "success": constants.SUCCESS,
    "news": constants.INFO,
    "warning": constants.WARNING,
    "error": constants.ERROR,
}


def forms() -> list[Pattern]:
    return [
        Pattern(
            title="Fields",
            about="Label, error, control, help; the same markup for every form.",
            states=[_field(number, label, values) for number, (label, values) in enumerate(FIELDS.items())],
        ),
        Pattern(
            title="Above a form",
            about="How many fields are wrong, and that nothing was done.",
            states=[
                State(label=label, template="ui/_error_summary.html", context={"error_count": number})
                for label, number in (("one", 1), ("many", 12))
            ],
        ),
        Pattern(
            title="Messages",
            about="What the last action did; told once, on the next page.",
            states=[
                State(label=label, template="ui/_messages.html", context={"messages": [_message(level)]})
                for label, level in LEVELS.items()
            ],
        ),
    ]


def _field(number: int, label: str, values: dict[str, Any]) -> State:
    field = FormField(name=f"pattern_{number}", **{"label": label.capitalize(), **values})
    return State(label=label, template="ui/_field.html", context={"field": field})


def _message(level: int) -> Message:
    return Message(level, "Network care is synced. One module does not load.")
