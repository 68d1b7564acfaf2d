"""What can stand in each column of a table, in a phrase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import models

from jobyard_server.api.inventory.fields import is_kind
from jobyard_server.ui.inventory.editable import Said
from jobyard_server.ui.inventory.labels import plural, singular

MOST_CHOICES: Final = 8
_PHRASES: Final[tuple[tuple[type[Any], str], ...]] = (
    (models.BooleanField, "true or false"),
    (models.IntegerField, "a number"),
    (models.DecimalField, "a number"),
    (models.DateField, "YYYY-MM-DD"),
    (models.JSONField, "JSON"),
)


@dataclass(frozen=True, kw_only=True)
class ColumnHelp:
    """One column."""

    name: str
    phrase: str
    required: bool


def help_of(said: Iterable[Said]) -> list[ColumnHelp]:
    return [ColumnHelp(name=item.name, phrase=_phrase(item), required=_is_required(item)) for item in said]


def _is_required(item: Said) -> bool:
    if item.is_custom:
        return bool(item.field.required)
    is_slug = isinstance(item.field, models.SlugField)
    return not item.field.blank and not item.field.has_default() and not is_slug


def _phrase(item: Said) -> str:
    field = item.field
    if item.is_custom:
        return f"{field.description or field.get_type_display()}"
    if is_kind(field):
        return "such as dcim.device"
    if field.many_to_many:
        return f"names of {plural(field.related_model)}, with commas between them"
    if field.is_relation:
        return f"{singular(field.related_model)}: name, slug or id"
    if field.choices:
        return _choices([str(value) for value, _ in field.flatchoices])
    return next((phrase for kind, phrase in _PHRASES if isinstance(field, kind)), "text")


def _choices(values: list[str]) -> str:
    listed = ", ".join(values[:MOST_CHOICES])
    return f"one of {listed}{' …' if len(values) > MOST_CHOICES else ''}"
