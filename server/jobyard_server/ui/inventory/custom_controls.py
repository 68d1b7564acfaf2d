"""The controls of fields that people added, by their type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from jobyard_server.ui.inventory.choices import NO_ROW, Control
from jobyard_server.ui.inventory.controls import JSON_CONTROL
from jobyard_server.ui.run_form.fields import Option, OptionGroup


def custom_control_of(field: Any, chosen: list[str]) -> Control:
    """The control of *field* in which *chosen* are chosen, where there is something to choose."""
    return _CUSTOM.get(field.type, _plain)(field, chosen)


def _plain(_field: Any, _chosen: list[str]) -> Control:
    return {}


def _selection(field: Any, chosen: list[str]) -> Control:
    values = list(field.choices.values_list("value", flat=True))
    values += [text for text in chosen if text not in values]
    options = [Option(value=value, label=value, selected=value in chosen) for value in values]
    is_several = field.type == "multi-select"
    if not is_several:
        options.insert(0, Option(value="", label=NO_ROW, selected=not chosen))
    return {"control": "select", "multiple": is_several, "groups": [OptionGroup(options=options)]}


def _truth(_field: Any, chosen: list[str]) -> Control:
    pairs = (("", NO_ROW), ("true", "yes"), ("false", "no"))
    now = chosen[0].lower() if chosen else ""
    options = [Option(value=value, label=label, selected=value == now) for value, label in pairs]
    return {"control": "select", "groups": [OptionGroup(options=options)]}


_CUSTOM: Final[dict[str, Callable[[Any, list[str]], Control]]] = {
    "select": _selection,
    "multi-select": _selection,
    "boolean": _truth,
    "integer": lambda _field, _chosen: {"attributes": {"inputmode": "numeric"}},
    "date": lambda _field, _chosen: {"type": "date"},
    "url": lambda _field, _chosen: {"type": "url"},
    "json": lambda _field, _chosen: dict(JSON_CONTROL),
}
