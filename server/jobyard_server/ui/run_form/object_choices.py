"""The entries of selections of objects: rows of the database that the user may see."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import ForeignKey, Model, QuerySet

from jobyard.spec import VariableSpec
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.runs.objects import model_of
from jobyard_server.ui.run_form.fields import Option, OptionGroup

MOST: Final = 500  #: Entries of one selection; a page with more is slow to load and to use.


@dataclass(frozen=True, kw_only=True)
class ObjectChoices:
    """What can be chosen, and a sentence where that is not everything."""

    groups: list[OptionGroup]
    hint: str = ""


def object_choices(variable: VariableSpec, chosen: Collection[str], user: User) -> ObjectChoices:
    """The first rows of the model of *variable*, and those that are *chosen* already."""
    try:
        model = model_of(variable.model or "")
    except (LookupError, ValueError):
        return ObjectChoices(groups=[], hint=f"There are no objects of the type {variable.model} here.")
    plural = model._meta.verbose_name_plural
    if not may(user, "view", model):
        return ObjectChoices(groups=[], hint=f"You may not view {plural}, so none are offered.")
    rows = _narrowed(restrict(model._default_manager.all(), user, "view"), variable.query_params or {})
    found = list(rows[: MOST + 1])
    options = [_option(row, variable, chosen) for row in [*found[:MOST], *_missing(rows, chosen, found)]]
    return ObjectChoices(groups=[OptionGroup(options=options)] if options else [], hint=_hint(found, plural))


def _hint(found: list[Model], plural: object) -> str:
    if not found:
        return f"There are no {plural} yet."
    if len(found) > MOST:
        return f"Only the first {MOST} {plural} are listed."
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


def _narrowed(rows: QuerySet[Any], params: dict[str, Any]) -> QuerySet[Any]:
    """
    Apply the fixed filters of ``query_params``, by the names of the API: ``status``, ``region_id``.

    Those that follow another field (``$region``) need a reload, and names we do not know filter nothing:
    the list is a convenience, not a check.
    """
    for name, value in params.items():
        values = [str(item) for item in value] if isinstance(value, list) else [str(value)]
        if any(item.startswith("$") for item in values):
            continue
        if lookup := _lookup(rows.model, name):
            rows = _filtered(rows, lookup, values)
    return rows


def _lookup(model: type[Model], name: str) -> str:
    try:
        field = model._meta.get_field(name.removesuffix("_id"))
    except FieldDoesNotExist:
        return ""
    if not isinstance(field, ForeignKey):
        return f"{field.name}__in" if field.concrete else ""
    return f"{field.name}__pk__in" if name.endswith("_id") else f"{field.name}__slug__in"


def _filtered(rows: QuerySet[Any], lookup: str, values: list[str]) -> QuerySet[Any]:
    try:
        return rows.filter(**{lookup: values})
    except (ValidationError, ValueError, FieldDoesNotExist, TypeError):
        return rows
