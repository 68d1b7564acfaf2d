"""
Controls that choose rows: a selection where there are few, else a text that finds its row by name.

Both work without scripts; ``choose.js`` makes them search as one types.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Model
from rest_framework.exceptions import ValidationError

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.api.inventory.fields import shown_with
from jobyard_server.api.inventory.references import find_row
from jobyard_server.api.links import endpoint_of
from jobyard_server.ui.inventory.addresses import has_pages
from jobyard_server.ui.inventory.labels import plural
from jobyard_server.ui.run_form.fields import Option, OptionGroup

NO_ROW: Final = "-"  #: Label of the entry for no row.
FEW: Final = 60  #: Rows up to which all of them are in the page.
TELLING: Final = ("slug", "name", "rd", "username")  #: Columns that tell one row from all others, if unique.

Control = dict[str, Any]  #: Keyword arguments of a FormField.


@cache
def telling_column(model: type[Model]) -> str:
    """The column whose value stands for a row in forms and addresses; the key where there is no other."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    return next((name for name in TELLING if name in fields and fields[name].unique), "pk")


def told(row: Model) -> str:
    """What stands for *row* in a form."""
    return str(getattr(row, telling_column(type(row))) or row.pk)


def choice_of(
    model: type[Model],
    chosen: list[str],
    user: User,
    *,
    multiple: bool = False,
    empty: str | None = NO_ROW,
    limits: Any = MappingProxyType({}),
) -> Control:
    """
    The control that chooses rows of *model*.

    Args:
        model: Whose rows.
        chosen: What stands for the rows that are chosen now.
        user: Only rows that this user may view are offered.
        multiple: Several rows can be chosen.
        empty: Label of the entry for no row; None where there must be one.
        limits: What the field itself asks of its rows.
    """
    rows = restrict(model._default_manager.complex_filter(limits), user, "view")
    rows = rows.prefetch_related(*shown_with(model))
    few = list(rows[: FEW + 1])
    if len(few) > FEW:
        return _searched(model, chosen, multiple=multiple, rows=rows)
    options = [Option(value=told(row), label=str(row), selected=_is_chosen(row, chosen)) for row in few]
    options += _unknown(chosen, few)
    if not multiple and (empty is not None or not any(option.selected for option in options)):
        options.insert(0, Option(value="", label=empty or "Choose …", selected=not chosen))
    hint = [] if few else [f"There are no {plural(model)} yet."]
    groups = [OptionGroup(options=options)] if options else []
    return {
        "control": "select",
        "multiple": multiple,
        "groups": groups,
        "attributes": {"data-choose": "rows"},
        "hints": hint,
    }


def _is_chosen(row: Model, chosen: Iterable[str]) -> bool:
    return told(row) in chosen or str(row.pk) in chosen


def _unknown(chosen: Iterable[str], few: list[Any]) -> list[Option]:
    """What was sent and is no row, so that a refused form shows it again."""
    known = {text for row in few for text in (told(row), str(row.pk))}
    return [Option(value=text, label=text, selected=True) for text in chosen if text and text not in known]


def _searched(model: type[Model], chosen: list[str], *, multiple: bool, rows: Any) -> Control:
    column = telling_column(model)
    items = [_item(rows, text) for text in chosen if text]
    hint = "Names or ids, with commas between them." if multiple else "A name or an id."
    if labels := [item["display"] for item in items if item["display"] != item["value"]]:
        hint = f"{hint} Now: {', '.join(labels)}."
    attributes = {
        "data-choose": "search",
        "data-column": "id" if column == "pk" else column,
        "data-chosen": json.dumps(items),
        "autocomplete": "off",
        "spellcheck": "false",
    }
    if has_pages(model):
        attributes["data-source"] = f"/api/{endpoint_of(model)}/"
    if multiple:
        attributes["data-multiple"] = "true"
    value = ",".join(item["value"] for item in items)
    return {"control": "input", "value": value, "attributes": attributes, "hints": [hint]}


def _item(rows: Any, text: str) -> dict[str, str]:
    try:
        row = find_row(rows, text)
    except ValidationError:
        return {"value": text, "display": text}
    return {"value": told(row), "display": str(row)}
