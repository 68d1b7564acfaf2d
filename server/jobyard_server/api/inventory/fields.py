"""Which fields of a model the API shows and takes, and of what kind each is."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, ForeignKey, ManyToManyField, Model

from jobyard_server.inventory.base import DerivedField

#: What tells a row from others of its kind, for people; shown wherever the row is referred to.
NATURAL = (
    *("name", "slug", "model", "cid", "address", "prefix", "vid", "asn", "rd", "label"),
    *("start_address", "end_address", "domain", "color"),
)
RENAMED = {"custom_field_data": "custom_fields"}  #: In the API, from the name of the field.


@cache
def columns_of(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    """The columns that are shown: all but the key and those that start with an underscore."""
    found = model._meta.concrete_fields
    return tuple(field for field in found if field.name != "id" and not field.name.startswith("_"))


@cache
def lists_of(model: type[Model]) -> tuple[ManyToManyField[Any, Any], ...]:
    """The many-to-many relations, tags included, that are no records of their own."""
    found: Any = model._meta.many_to_many
    return tuple(field for field in found if field.remote_field.through._meta.auto_created)


@cache
def generic_relations_of(model: type[Model]) -> tuple[GenericForeignKey, ...]:
    """References to a row of any kind: type and id are columns, the row itself is shown too."""
    return tuple(field for field in model._meta.private_fields if isinstance(field, GenericForeignKey))


@cache
def relations_of(model: type[Model]) -> tuple[str, ...]:
    """Names of the relations whose rows are shown with a row, and therefore loaded together."""
    keys = [field for field in columns_of(model) if isinstance(field, ForeignKey) and not is_kind(field)]
    needed = [f"{field.name}__{name}" for field in keys for name in shown_with(field.related_model)]
    shown: tuple[Any, ...] = (*keys, *lists_of(model), *generic_relations_of(model))
    names = [field.name for field in shown]
    return tuple(dict.fromkeys([*names, *shown_with(model), *needed]))


def shown_with(model: Any) -> tuple[str, ...]:
    """Relations that the text of a row may be made of."""
    found: tuple[str, ...] = getattr(model, "shown_with", ())
    return found


@cache
def natural_fields(model: type[Model]) -> tuple[str, ...]:
    present = {field.name for field in model._meta.concrete_fields}
    return tuple(name for name in NATURAL if name in present and (name != "color" or "slug" not in present))


def type_of(field: Field[Any, Any]) -> Any:
    """The field whose type the values of *field* have; a computed column has that of its result."""
    return field.output_field if isinstance(field, DerivedField) else field


def is_kind(field: Field[Any, Any]) -> bool:
    """Whether *field* refers to a kind of row (a content type), which the API writes ``dcim.device``."""
    return field.related_model is ContentType


def is_editable(field: Field[Any, Any]) -> bool:
    return bool(field.editable) and not isinstance(field, DerivedField)


def kind_name(kind: ContentType) -> str:
    return f"{kind.app_label}.{kind.model}"
