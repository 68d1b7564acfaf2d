"""What a form and an import can say about a row, in the order of the model."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import JSONField, Model, TextField

from jobyard_server.api.inventory.fields import (
    columns_of,
    generic_relations_of,
    is_editable,
    is_file,
    lists_of,
)
from jobyard_server.inventory.base.custom_fields import fields_of as custom_fields_of

NOT_SAID = ("created", "last_updated", "custom_field_data")
CUSTOM = "cf_"  #: Custom fields have this before their names.


@dataclass(frozen=True, kw_only=True)
class Said:
    """One field of a row."""

    name: str
    field: Any  #: Of Django; a CustomField for what people added.
    is_custom: bool = False


@cache
def own_fields(model: type[Model]) -> tuple[Said, ...]:
    """The fields of the model itself; long texts and tags come last."""
    columns: list[Any] = [field for field in columns_of(model) if is_editable(field)]
    columns = [field for field in columns if field.name not in NOT_SAID and not field.primary_key]
    lists = [field for field in lists_of(model) if field.name != "tags"]
    tags = [field for field in lists_of(model) if field.name == "tags"]
    texts = [field for field in columns if isinstance(field, TextField | JSONField)]
    first = [field for field in columns if field not in texts]
    return tuple(Said(name=field.name, field=field) for field in (*first, *lists, *texts, *tags))


def said_of(model: type[Model]) -> tuple[Said, ...]:
    """All fields, those that people added too. Cost: one or two queries for a model that can have such."""
    if not any(field.name == "custom_field_data" for field in columns_of(model)):
        return own_fields(model)
    custom = custom_fields_of(model)
    return (
        *own_fields(model),
        *(Said(name=f"{CUSTOM}{field.name}", field=field, is_custom=True) for field in custom),
    )


def told_in_tables(model: type[Model]) -> tuple[Said, ...]:
    """The fields that a cell of a table can hold: all but files."""
    return tuple(item for item in said_of(model) if not is_file(item.field))


@cache
def generic_parts(model: type[Model]) -> dict[str, str]:
    """Names of the columns that hold the key of a row of any kind, each with that of its kind."""
    return {relation.fk_field: relation.ct_field for relation in generic_relations_of(model)}
