"""The fields with which a list is narrowed: what rows refer to, choices, truths, words, custom fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import models

from jobyard_server.access.models import User
from jobyard_server.api.inventory.fields import columns_of, is_kind, lists_of
from jobyard_server.api.inventory.filter_paths import HAS, NETWORKS, paths_of
from jobyard_server.inventory.base import StatusField
from jobyard_server.ui.inventory.choices import NO_ROW, Control, choice_of
from jobyard_server.ui.inventory.controls import kinds_control, statuses_control
from jobyard_server.ui.inventory.editable import CUSTOM, said_of
from jobyard_server.ui.inventory.labels import label_of
from jobyard_server.ui.run_form.fields import FormField, Option, OptionGroup

Filters = dict[str, list[str]]
TEXTS: Final = ("name", "serial", "asset_tag", "label", "description", "dns_name", "mac_address", "facility")
NETWORK_HELP: Final = {
    "within": "Lies in this network, 10.0.0.0/8.",
    "within_include": "Lies in this network or is it.",
    "contains": "Contains this address or network.",
    "parent": "Lies in this network, 10.0.0.0/8.",
    "mask_length": "Such as 24.",
    "family": "4 or 6.",
}


def filter_fields(model: type[models.Model], filters: Filters, user: User) -> list[FormField]:
    """The fields of the form, with the values of *filters* in them."""
    found = {name: (label, control) for name, label, control in _controls(model, filters, user)}
    return [
        FormField(**{"name": name, "label": label, **control}) for name, (label, control) in found.items()
    ]


def _controls(model: type[models.Model], filters: Filters, user: User) -> Iterator[tuple[str, str, Control]]:
    yield from _texts(model, filters)
    for name, field in _filterable(model):
        chosen = filters.get(name, [])
        control = _control(model, field, chosen, user)
        if control is not None:
            yield name, label_of(name), control
    for name in HAS.get(model._meta.label_lower, {}):
        yield name, label_of(name), _truth(filters.get(name, []))
    for name in NETWORKS.get(model._meta.label_lower, {}):
        yield name, label_of(name), {**_text(filters.get(name, [])), "help": NETWORK_HELP.get(name, "")}
    yield from _custom(model, filters)


def _texts(model: type[models.Model], filters: Filters) -> Iterator[tuple[str, str, Control]]:
    names = {field.name: field for field in columns_of(model)}
    for name in TEXTS:
        field: Any = names.get(name)
        if isinstance(field, models.CharField) and not field.choices:
            yield f"{name}__ic", f"{label_of(name)} contains", _text(filters.get(f"{name}__ic", []))
        elif field is not None:
            yield name, label_of(name), _text(filters.get(name, []))


def _filterable(model: Any) -> Iterator[tuple[str, Any]]:
    """Names of filters with the fields that they look at."""
    for field in columns_of(model):
        yield field.name, field
    for name, path in paths_of(model).items():
        field = _field_at(model, path)
        if field is not None:
            yield name, field
    for field in lists_of(model):
        yield ("tag" if field.name == "tags" else field.name), field


def _field_at(model: Any, path: str) -> Any:
    field = None
    for part in path.split("__"):
        field = model._meta.get_field(part)
        model = field.related_model
    return field if getattr(field, "concrete", False) else None


def _control(model: type[models.Model], field: Any, chosen: list[str], user: User) -> Control | None:
    if is_kind(field):
        return kinds_control(field, chosen)
    if isinstance(field, StatusField):
        return {**statuses_control(model, chosen), "multiple": True, "attributes": {"data-choose": "rows"}}
    if field.is_relation:
        return choice_of(field.related_model, chosen, user, multiple=True)
    if field.choices:
        return _choices(field, chosen)
    return _truth(chosen) if isinstance(field, models.BooleanField) else None


def _choices(field: Any, chosen: list[str]) -> Control:
    options = [
        Option(value=str(value), label=str(label), selected=str(value) in chosen)
        for value, label in field.flatchoices
    ]
    return {
        "control": "select",
        "multiple": True,
        "groups": [OptionGroup(options=options)],
        "attributes": {"data-choose": "rows"},
    }


def _truth(chosen: list[str]) -> Control:
    now = chosen[-1].lower() if chosen else ""
    pairs = (("", NO_ROW), ("true", "yes"), ("false", "no"))
    options = [Option(value=value, label=label, selected=value == now) for value, label in pairs]
    return {"control": "select", "groups": [OptionGroup(options=options)]}


def _text(chosen: list[str]) -> Control:
    return {"value": " ".join(chosen), "attributes": {"autocomplete": "off"}}


def _custom(model: type[models.Model], filters: Filters) -> Iterator[tuple[str, str, Control]]:
    for item in said_of(model):
        if item.is_custom and item.field.type != "json":
            name = f"{CUSTOM}{item.field.name}"
            yield name, str(item.field), _text(filters.get(name, []))
