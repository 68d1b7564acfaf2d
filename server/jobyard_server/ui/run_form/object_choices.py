"""The entries of selections of objects: rows of the database that the user may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from jobyard.spec import VariableSpec
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.api.inventory.fields import shown_with
from jobyard_server.runs.objects import model_of
from jobyard_server.ui.run_form.fields import Option, OptionGroup, Value
from jobyard_server.ui.run_form.query_params import asked_of, narrowed

MOST: Final = 100  #: Entries of one selection; a search finds the others.


@dataclass(frozen=True, kw_only=True)
class ObjectChoices:
    """What can be chosen, and a sentence where that is not everything."""

    groups: list[OptionGroup]
    hint: str = ""
    is_cut: bool = False  #: There are more than ``MOST``, or only those that a search has found.


def object_choices(
    variable: VariableSpec,
    chosen: Collection[str],
    user: User,
    values: Mapping[str, Value],
    *,
    words: str = "",
) -> ObjectChoices:
    """
    The first rows of the model of *variable*, and those that are *chosen* already.

    The *values* of the form narrow a list that follows another field; *words* are a search in it.
    """
    try:
        model = model_of(variable.model or "")
    except (LookupError, ValueError):
        return ObjectChoices(groups=[], hint=f"There are no objects of the type {variable.model} here.")
    plural = model._meta.verbose_name_plural
    if not may(user, "view", model):
        return ObjectChoices(groups=[], hint=f"You may not view {plural}, so none are offered.")
    params = asked_of(variable, values)
    every = restrict(model._default_manager.all(), user, "view").prefetch_related(*shown_with(model))
    rows = narrowed(every, params)
    found = list((narrowed(rows, {"q": [words]}) if words else rows)[: MOST + 1])
    options = [_option(row, variable, chosen) for row in [*found[:MOST], *_missing(rows, chosen, found)]]
    return ObjectChoices(
        groups=[OptionGroup(options=options)] if options else [],
        hint=_hint(found, plural, words, is_narrowed=bool(params)),
        is_cut=bool(words) or len(found) > MOST,
    )


def row_names(variable: VariableSpec, keys: Collection[str], user: User) -> dict[str, str]:
    """What a form calls the rows of *keys*; those that are gone, or out of reach for *user*, are left out."""
    try:
        model = model_of(variable.model or "")
    except (LookupError, ValueError):
        return {}
    rows = restrict(model._default_manager.all(), user, "view").prefetch_related(*shown_with(model))
    options = (_option(row, variable, ()) for row in _missing(rows, keys, []))
    return {option.value: option.label for option in options}


def _hint(found: list[Model], plural: object, words: str, *, is_narrowed: bool) -> str:
    if not found and words:
        return f"No {plural} match “{words}”."
    if not found and is_narrowed:
        return f"There are no {plural} that fit."
    if not found:
        return f"There are no {plural} yet."
    if len(found) > MOST:
        return f"Only the first {MOST} {plural} are listed; a search finds the others."
    return ""


def _missing(rows: QuerySet[Any], chosen: Collection[str], found: list[Model]) -> list[Model]:
    """Rows that are chosen but not among the first ones."""
    listed = {str(row.pk) for row in found[:MOST]}
    keys = [key for key in chosen if key and key not in listed]
    try:
        return list(rows.filter(pk__in=keys)) if keys else []
    except (ValidationError, ValueError):
        return []  # a key that somebody made up


def _option(row: Model, variable: VariableSpec, chosen: Collection[str]) -> Option:
    shown = getattr(row, variable.display_field, None) if variable.display_field != "display" else None
    label = str(row) if shown is None or callable(shown) else str(shown)
    return Option(value=str(row.pk), label=label, selected=str(row.pk) in chosen)
