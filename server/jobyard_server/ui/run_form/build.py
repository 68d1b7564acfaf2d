"""From the spec of a job to the fields of its form, in the order its author wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.access.models import User
from jobyard_server.runs.queues import queues_of
from jobyard_server.ui.run_form.controls import control_of, is_checked
from jobyard_server.ui.run_form.fields import FieldGroup, FormField, Option, OptionGroup, Value
from jobyard_server.ui.run_form.query_params import followed_by
from jobyard_server.ui.run_form.selections import CHOICES, OBJECTS, Asked, selection

COMMIT, QUEUE = "_commit", "_task_queue"
DRY_RUN: Final = (
    "A dry run does everything and then takes it back: its result shows what would be created, changed and "
    "deleted, and can be applied afterwards."
)


@dataclass(frozen=True, kw_only=True)
class FormState:
    """What is filled in, and what is wrong with it."""

    values: Mapping[str, Value] = field(default_factory=dict)
    commit: bool
    queue: str = ""
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    searches: Mapping[str, str] = field(default_factory=dict)  #: Words by variable, for lists that are long.
    schedule: Mapping[str, str] | None = None  #: What was sent about when; None: now.
    schedule_errors: Mapping[str, list[str]] = field(default_factory=dict)
    preset: Mapping[str, str] = field(default_factory=dict)  #: As ``preset_fields`` takes it.
    preset_errors: Mapping[str, list[str]] = field(default_factory=dict)
    applies: list[FormField] = field(default_factory=list)  #: Instead of queue and commit.


def build_fields(spec: JobSpec, state: FormState, user: User) -> list[FormField]:
    """All controls of the form; the first one with an error takes the focus."""
    fields = _variable_fields(spec, state, user)
    fields += state.applies or [*_queue_field(spec, state), *_commit_field(spec, state)]
    return _focus_first_error(_in_order(fields, spec.field_order))


def grouped(spec: JobSpec, fields: list[FormField]) -> list[FieldGroup]:
    """*fields* under the headings of ``fieldsets``; those that no heading names come after them."""
    waiting = {item.name: item for item in fields}
    groups = [
        FieldGroup(
            heading=str(heading),
            fields=[waiting.pop(name) for name in dict.fromkeys(names) if name in waiting],
        )
        for heading, names in spec.fieldsets or []
    ]
    rest = FieldGroup(fields=list(waiting.values()))
    return [group for group in [*groups, rest] if group.fields]


def _variable_fields(spec: JobSpec, state: FormState, user: User) -> list[FormField]:
    """A list that follows another one sees only what that one really offers."""
    values, fields = dict(state.values), {}
    for variable in spec.variables:
        field = _variable_field(variable, replace(state, values=values), user)
        if variable.kind in OBJECTS:
            values[variable.name] = field.chosen
            field = replace(field, follows=followed_by(variable, spec.variables))
        fields[variable.name] = field
    return [fields[variable.name] for variable in spec.ordered_variables]


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
        "is_checked": is_checked(variable),
        **control_of(variable),
        **_shown(value),
    }
    if variable.kind in CHOICES or variable.kind in OBJECTS:
        words = state.searches.get(variable.name, "")
        arguments |= selection(variable, value, Asked(user=user, values=state.values, words=words), arguments)
    return _as_text_if_unreadable(FormField(**arguments))


def _shown(value: Value) -> dict[str, Any]:
    return (
        {"checked": value} if isinstance(value, bool) else {"value": value if isinstance(value, str) else ""}
    )


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
            hints=[DRY_RUN],
            control="checkbox",
            checked=state.commit,
        )
    ]
