"""Filters by the values of custom fields: ``?cf_owner=netops``, ``?cf_owner__ic=net``."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import Q

from jobyard_server.inventory.base.custom_fields import fields_of

_LOOKUPS = {"ic": "icontains", "isw": "istartswith", "gte": "gte", "lte": "lte", "gt": "gt", "lt": "lt"}


def custom_field_condition(model: Any, name: str, values: list[str]) -> Q:
    """
    The condition of the filter *name*, which begins with ``cf_``.

    Raises:
        KeyError: There is no such field for this kind of row.
    """
    base, _, suffix = name.removeprefix("cf_").rpartition("__")
    if suffix not in {*_LOOKUPS, "n"} or not base:
        base, suffix = name.removeprefix("cf_"), ""
    field = {field.name: field for field in fields_of(model)}[base]
    path = f"custom_field_data__{base}"
    condition = Q()
    for value in values:
        condition |= _match(field, path, suffix, value)
    return ~condition if suffix == "n" else condition


def _match(field: Any, path: str, suffix: str, text: str) -> Q:
    if text == "null":
        return Q(**{f"{path}__isnull": True}) | Q(**{path: None})
    if suffix in _LOOKUPS:
        return Q(**{f"{path}__{_LOOKUPS[suffix]}": _value(field, text)})
    if field.type == "multi-select":
        return Q(**{f"{path}__contains": [text]})
    if field.type in ("text", "url") and field.filter_logic == "loose" and not suffix:
        return Q(**{f"{path}__icontains": text})
    return Q(**{path: _value(field, text)})


def _value(field: Any, text: str) -> Any:
    """Numbers and truths are such in the column too."""
    if field.type not in ("integer", "boolean", "json"):
        return text
    return json.loads(text.lower() if field.type == "boolean" else text)
