"""Filters of lists of inventory rows, made from the fields of the model."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import BooleanField, CharField, Field, ForeignKey, Model

from jobyard_server.api.filters import Filters, any_id, any_text, flag, meta
from jobyard_server.api.inventory.serializers import concrete_fields

SEARCHED = (
    "name",
    "slug",
    "description",
    "facility",
    "comments",
)  #: Where ``?q=`` looks.


@cache
def filters_for(model: type[Model]) -> type[Filters]:
    """
    The filters of *model*.

    Text fields by their value; a relation by the slug of its row (``?region=``) or its id (``?region_id=``).
    """
    fields = concrete_fields(model)
    present = {field.name for field in fields}
    made: dict[str, Any] = {"searched": tuple(name for name in SEARCHED if name in present)}
    for field in fields:
        made |= _filters_of(field)
    return type(f"{model.__name__}Filters", (Filters,), {"Meta": meta(model), **made})


def _filters_of(field: Field[Any, Any]) -> dict[str, Any]:
    match field:
        case ForeignKey():
            return {field.name: any_text(f"{field.name}__slug"), field.attname: any_id(field.attname)}
        case CharField():
            return {field.name: any_text(field.name)}
        case BooleanField():
            return {field.name: flag(field.name)}
    return {}
