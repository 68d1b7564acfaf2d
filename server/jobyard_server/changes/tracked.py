"""What the change log looks at: every table of the inventory, found by its base class, not by a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from jobyard_server.inventory.base import InventoryModel

#: Columns that name a row, the best one first.
NAMING = ("name", "model", "cid", "label", "address", "prefix", "asn", "value", "start_address", "image")


@dataclass(frozen=True, kw_only=True)
class TrackedRelation:
    """A table of pairs behind a many-to-many field, whose rows are values of the row that has the field."""

    through: type[models.Model]
    owner: type[models.Model]
    field: str  #: Name of the field at the owner.
    owner_column: str
    target_column: str


def tracked_models() -> list[type[models.Model]]:
    """The models whose rows are logged, plugins' included."""
    return [model for model in apps.get_models() if issubclass(model, InventoryModel) and model._meta.managed]


def tracked_relations() -> Iterator[TrackedRelation]:
    for model in tracked_models():
        for field in model._meta.local_many_to_many:
            through: Any = field.remote_field.through
            if through._meta.auto_created:
                yield TrackedRelation(
                    through=through,
                    owner=model,
                    field=field.name,
                    owner_column=through._meta.get_field(field.m2m_field_name()).column,
                    target_column=through._meta.get_field(field.m2m_reverse_field_name()).column,
                )


def left_out_columns(model: type[models.Model]) -> list[str]:
    """Columns that nobody decides about (time stamps, parts of addresses), and those that are secret."""
    secret = getattr(model, "secret_fields", ())
    return [
        field.column
        for field in model._meta.concrete_fields
        if field.generated
        or getattr(field, "auto_now", False)
        or getattr(field, "auto_now_add", False)
        or isinstance(field, models.BinaryField)
        or field.name in secret
    ]


def naming_columns(model: type[models.Model]) -> list[str]:
    columns = {field.column for field in model._meta.concrete_fields}
    return [name for name in NAMING if name in columns]
