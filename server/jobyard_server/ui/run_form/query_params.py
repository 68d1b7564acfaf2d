"""``query_params``: what an author's selection of objects is narrowed to, by the filters of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError

from jobyard.spec import VariableSpec
from jobyard_server.api.inventory.filters import filtered
from jobyard_server.ui.run_form.fields import Value

REFERENCE = "$"  #: ``$region`` is the value of the field ``region``.
NOTHING = ("", "null")


def asked_of(variable: VariableSpec, values: Mapping[str, Value]) -> dict[str, list[str]]:
    """The filters of *variable* with the *values* of the form; one without any value is left out."""
    asked = {
        name: [text for item in _listed(given) for text in _texts(item, values)]
        for name, given in (variable.query_params or {}).items()
    }
    return {name: texts for name, texts in asked.items() if texts}


def narrowed(rows: QuerySet[Any], asked: dict[str, list[str]]) -> QuerySet[Any]:
    """
    The part of *rows* that fits.

    A filter that we do not know, or whose value is none, filters nothing: the list is a convenience, and
    an empty one would keep the job from being run.
    """
    try:
        return filtered(rows, asked)
    except ValidationError as exc:
        wrong = set(exc.detail) if isinstance(exc.detail, dict) else set(asked)
        return narrowed(rows, {name: texts for name, texts in asked.items() if name not in wrong})


def followed_by(variable: VariableSpec, variables: Sequence[VariableSpec]) -> list[str]:
    """Names of the fields on which the list of *variable* depends, also by way of others."""
    known = {item.name: item for item in variables}
    found: list[str] = []
    waiting = _references(variable)
    while waiting:
        name = waiting.pop(0)
        if name in known and name not in found and name != variable.name:
            found.append(name)
            waiting += _references(known[name])
    return found


def _references(variable: VariableSpec) -> list[str]:
    given = [item for value in (variable.query_params or {}).values() for item in _listed(value)]
    return [item[1:] for item in given if isinstance(item, str) and item.startswith(REFERENCE)]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _texts(item: Any, values: Mapping[str, Value]) -> list[str]:
    if not (isinstance(item, str) and item.startswith(REFERENCE)):
        return ["true" if item is True else "false" if item is False else str(item)]
    value = values.get(item[1:], "")
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [text for text in ([value] if isinstance(value, str) else value) if text not in NOTHING]
