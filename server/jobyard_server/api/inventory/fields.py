"""Which fields of a model the API shows and takes, and of what kind each is."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.db.models import Field, FileField, ForeignKey, ManyToManyField, Model

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
def relations_of(model: type[Model]) -> tuple[Any, ...]:
    """The relations whose rows are shown with a row, and therefore loaded together."""
    keys = [field for field in columns_of(model) if isinstance(field, ForeignKey) and not is_kind(field)]
    needed = [f"{field.name}__{name}" for field in keys for name in shown_with(field.related_model)]
    names = [field.name for field in (*keys, *lists_of(model))]
    generic = [generic_prefetch(field) for field in generic_relations_of(model)]
    return (*dict.fromkeys([*names, *shown_with(model), *needed]), *generic)


def generic_prefetch(relation: GenericForeignKey) -> GenericPrefetch[Any]:
    """Loads rows of any kind; parts come with what they are parts of."""
    return GenericPrefetch(relation.name, [_with_what_is_shown(model) for model in _parts()])


def _with_what_is_shown(model: Any) -> Any:
    return model._default_manager.prefetch_related(*shown_with(model))


@cache
def _parts() -> tuple[Any, ...]:
    return tuple(model for model in apps.get_models() if owner_of(model))


def owner_of(model: Any) -> str:
    """The relation to what a row is a part of, ``device`` for an interface; empty where there is none."""
    found: str = getattr(model, "belongs_to", "")
    return found


@cache
def shown_with(model: Any) -> tuple[str, ...]:
    """Relations that are needed to show a row in a few words: for its text, and what it is a part of."""
    found: tuple[str, ...] = getattr(model, "shown_with", ())
    owner = owner_of(model)
    if not owner:
        return found
    above = model._meta.get_field(owner).related_model
    return (*found, owner, *(f"{owner}__{name}" for name in shown_with(above)))


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


def is_file(field: Any) -> bool:
    """Whether a value of *field* is sent and read as a file of its own."""
    return isinstance(field, FileField)


@cache
def has_files(model: type[Model]) -> bool:
    return any(is_file(field) for field in columns_of(model))


def kind_name(kind: ContentType) -> str:
    return f"{kind.app_label}.{kind.model}"
