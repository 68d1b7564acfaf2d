"""From rows to JSON. Related rows are loaded with the page, so describing a row asks the database nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, ForeignKey, JSONField, Model
from django.db.models.fields import BooleanField, DateField, DecimalField, IntegerField

from jobyard_server.api.inventory.fields import (
    RENAMED,
    columns_of,
    generic_relations_of,
    is_file,
    is_kind,
    kind_name,
    lists_of,
    natural_fields,
    owner_of,
    type_of,
)
from jobyard_server.api.links import Links
from jobyard_server.inventory.extras.models import Status

Getter = Callable[[Any, "Describer"], Any]
_AS_THEY_ARE = (BooleanField, DateField, IntegerField, JSONField)


class Describer:
    """Describes the rows of one answer; a row that several others refer to is described once."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._known: dict[tuple[type[Model], Any], dict[str, Any]] = {}

    def row(self, row: Model) -> dict[str, Any]:
        """All of *row*."""
        shown = {"id": row.pk, "url": self._links.row(row), "display": str(row)}
        for name, getter in getters_of(type(row)):
            shown[name] = getter(row, self)
        return shown

    def brief(self, row: Model | None) -> dict[str, Any] | None:
        """Enough of *row* to show it and to find it."""
        if row is None:
            return None
        key = (type(row), row.pk)
        if key not in self._known:
            self._known[key] = self._brief(row)
        return self._known[key]

    def file(self, row: Model, name: str) -> str | None:
        """Where the file *name* of *row* is read."""
        return f"{self._links.row(row)}{name}/" if getattr(row, name) else None

    def _brief(self, row: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": str(row.pk), "url": self._links.row(row), "display": str(row)}
        for name in natural_fields(row._meta.model):
            value = getattr(row, name)
            shown[name] = value if value is None or isinstance(value, int | str) else str(value)
        if owner := owner_of(row._meta.model):
            shown[owner] = self.brief(getattr(row, owner))
        if isinstance(row, Status):  # clients of 1.x read a status like a choice
            shown |= {"value": row.slug, "label": row.name}
        return shown


@cache
def getters_of(model: type[Model]) -> tuple[tuple[str, Getter], ...]:
    """For each member of the JSON what gives its value; made once for each model."""
    columns = [(RENAMED.get(field.name, field.name), _getter(field)) for field in columns_of(model)]
    lists = [(field.name, _list_getter(field)) for field in lists_of(model)]
    generic = [(field.name, _related(field.name)) for field in generic_relations_of(model)]
    return (*columns, *lists, *generic)


def _getter(field: Field[Any, Any]) -> Getter:
    name = field.attname
    if isinstance(field, ForeignKey):
        return _kind(name) if is_kind(field) else _related(field.name)
    if is_file(field):
        return lambda row, describer: describer.file(row, field.name)
    if field.choices:
        return _choice(name, dict(field.flatchoices))
    if isinstance(type_of(field), _AS_THEY_ARE):
        return lambda row, _describer: getattr(row, name)
    if isinstance(field, DecimalField):
        return lambda row, _describer: None if getattr(row, name) is None else float(getattr(row, name))
    return lambda row, _describer: None if getattr(row, name) is None else str(getattr(row, name))


def _related(name: str) -> Getter:
    return lambda row, describer: describer.brief(getattr(row, name))


def _kind(attribute: str) -> Getter:
    def name_of_kind(row: Any, _describer: Describer) -> str | None:
        key = getattr(row, attribute)
        return None if key is None else kind_name(ContentType.objects.get_for_id(key))  # it keeps them

    return name_of_kind


def _choice(name: str, labels: dict[Any, str]) -> Getter:
    def choice(row: Any, _describer: Describer) -> dict[str, Any] | None:
        value = getattr(row, name)
        return {"value": value, "label": labels.get(value, str(value))} if value not in ("", None) else None

    return choice


def _list_getter(field: Any) -> Getter:
    name = field.name
    if is_kind(field):
        return lambda row, _describer: sorted(kind_name(kind) for kind in getattr(row, name).all())
    return lambda row, describer: [describer.brief(found) for found in getattr(row, name).all()]
