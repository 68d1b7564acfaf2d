"""The filters that are in force, each with the link that takes it away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from jobyard_server.api.inventory.filter_paths import paths_of
from jobyard_server.ui.inventory.labels import label_of
from jobyard_server.ui.inventory.query import ListQuery

RELATIONS = {
    "__n": "is not",
    "__ic": "contains",
    "__nic": "does not contain",
    "__isw": "starts with",
    "__iew": "ends with",
    "__gte": "at least",
    "__lte": "at most",
    "__gt": "above",
    "__lt": "below",
}


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One value of one filter."""

    label: str
    value: str
    link: str  #: The list without it.


def chips_of(query: ListQuery) -> list[Chip]:
    """The filters of *query*, search excepted; one query for each key of a row that is among them."""
    return [
        Chip(label=_label(name), value=_shown(query.model, name, value), link=query.without(name, value))
        for name, values in query.filters.items()
        if name != "q"
        for value in values
    ]


def _label(name: str) -> str:
    for suffix, words in RELATIONS.items():
        if name.endswith(suffix):
            return f"{label_of(name.removesuffix(suffix).removesuffix('_id').removeprefix('cf_'))} {words}"
    return label_of(name.removesuffix("_id").removeprefix("cf_"))


def _shown(model: type[Model], name: str, value: str) -> str:
    """The text of the row whose key *value* is; any other value as it is."""
    try:
        key = uuid.UUID(value)
    except ValueError:
        return value
    related = _related_model(model, name.partition("__")[0])
    row = related._default_manager.filter(pk=key).first() if related is not None else None
    return str(row) if row is not None else value


def _related_model(model: Any, name: str) -> Any:
    path = (
        paths_of(model).get(name) or paths_of(model).get(name.removesuffix("_id")) or name.removesuffix("_id")
    )
    for part in path.split("__"):
        try:
            model = model._meta.get_field(part).related_model
        except (FieldDoesNotExist, AttributeError):
            return None
    return model
