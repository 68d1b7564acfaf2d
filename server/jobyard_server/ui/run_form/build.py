"""From the spec of a job to the fields of its form, in the order its author wants."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.access.models import User
from jobyard_server.runs.queues import queues_of
from jobyard_server.ui.run_form.choices import choice_groups, empty_group
from jobyard_server.ui.run_form.controls import control_of
from jobyard_server.ui.run_form.fields import FormField, Option, OptionGroup, Value
from jobyard_server.ui.run_form.object_choices import object_choices

COMMIT, QUEUE = "_commit", "_task_queue"
CHOICES: Final = {"ChoiceVar", "MultiChoiceVar"}
OBJECTS: Final = {"ObjectVar", "MultiObjectVar"}


@dataclass(frozen=True, kw_only=True)
class FormState:
    """What is filled in, and what is wrong with it."""

    values: Mapping[str, Value] = field(default_factory=dict)
    commit: bool
    queue: str = ""
    errors: Mapping[str, list[str]] = field(default_factory=dict)


def build_fields(spec: JobSpec, state: FormState, user: User) -> list[FormField]:
    """All controls of the form; the first one with an error takes the focus."""
    fields = [_variable_field(variable, state, user) for variable in spec.ordered_variables]
    fields += [*_queue_field(spec, state), *_commit_field(spec, state)]
    return _focus_first_error(_in_order(fields, spec.field_order))


def _in_order(fields: list[FormField], wanted: list[str]) -> list[FormField]:
    """Queue and commit stay last unless the author lists them."""
    by_name = {item.name: item for item in fields}
    listed = [by_name[name] for name in dict.fromkeys(wanted) if name in by_name]
    return listed + [item for item in fields if item not in listed]


def _focus_first_error(fields: list[FormField]) -> list[FormField]:
    for index, item in enumerate(fields):
        if item.errors:
            return [*fields[:index], replace(item, takes_focus=True), *fields[index + 1 :]]
    return fields


def _variable_field(variable: VariableSpec, state: FormState, user: User) -> FormField:
    value = "" if variable.secret else state.values.get(variable.name, "")
    arguments: dict[str, Any] = {
        "name": variable.name,
        "label": variable.label,
        "help": variable.description,
        "required": variable.required and variable.kind != "BooleanVar",
        "errors": state.errors.get(variable.name, []),
        **control_of(variable),
        **_shown(value),
    }
    if variable.kind in CHOICES or variable.kind in OBJECTS:
        arguments |= _selection(variable, value, user, arguments["hints"])
    return _as_text_if_unreadable(FormField(**arguments))


def _shown(value: Value) -> dict[str, Any]:
    return (
        {"checked": value} if isinstance(value, bool) else {"value": value if isinstance(value, str) else ""}
    )


def _selection(variable: VariableSpec, value: Value, user: User, hints: list[str]) -> dict[str, Any]:
    chosen = value if isinstance(value, list) else [str(value)]
    groups, hint = _groups(variable, chosen, user)
    if not variable.kind.startswith("Multi"):
        groups = [*empty_group(variable, chosen), *groups]
    elif not groups:
        hints = []  # how to choose several helps nobody while there is nothing to choose
    return {"groups": groups, "hints": [*hints, hint] if hint else hints}


def _groups(variable: VariableSpec, chosen: Collection[str], user: User) -> tuple[list[OptionGroup], str]:
    if variable.kind in CHOICES:
        return choice_groups(variable, chosen), ""
    found = object_choices(variable, chosen, user)
    return found.groups, found.hint


def _as_text_if_unreadable(item: FormField) -> FormField:
    """Browsers empty a number field whose value is no number; whoever typed it wants to see it again."""
    if item.type != "number" or not item.value:
        return item
    try:
        float(item.value)
    except ValueError:
        return replace(item, type="text")
    return item


def _queue_field(spec: JobSpec, state: FormState) -> list[FormField]:
    queues = queues_of(spec)
    if len(queues) == 1:
        return []
    chosen = state.queue or queues[0]
    options = [Option(value=name, label=name, selected=name == chosen) for name in queues]
    return [
        FormField(
            name=QUEUE,
            label="Task queue",
            help="The task queue to route this job to",
            control="select",
            groups=[OptionGroup(options=options)],
            errors=list(state.errors.get(QUEUE, [])),
        )
    ]


def _commit_field(spec: JobSpec, state: FormState) -> list[FormField]:
    if spec.read_only:
        return []
    return [
        FormField(
            name=COMMIT,
            label="Commit changes",
            help="Commit changes to the database (uncheck for a dry-run)",
            control="checkbox",
            checked=state.commit,
        )
    ]
