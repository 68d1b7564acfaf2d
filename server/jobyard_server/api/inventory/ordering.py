"""The order of lists: ``?ordering=name``, ``?ordering=-site,name``; names count as people do."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.db.models import F, Field, JSONField, Model, QuerySet
from rest_framework.exceptions import ValidationError

from jobyard_server.api.inventory.fields import columns_of, is_kind
from jobyard_server.inventory.base import Natural, NaturalField

UNKNOWN = "There is no order by “{}”."


def ordered(rows: QuerySet[Any], asked: Iterable[str]) -> QuerySet[Any]:
    """
    *rows* in the order *asked* for, else in their usual one; rows that are equal in it by their key.

    Raises:
        ValidationError: A name is no column that lists can be ordered by.
    """
    names = [name for text in asked for name in text.split(",") if name]
    terms = [term for name in names for term in _terms(rows.model, name)]
    return rows.order_by(*(terms or rows.model._meta.ordering or ()), "pk")


def _terms(model: type[Model], name: str) -> tuple[Any, ...]:
    column = name.removeprefix("-")
    if column not in sortable(model):
        raise ValidationError({"ordering": [UNKNOWN.format(column[:50])]})
    counted = counted_columns(model).get(column)
    if counted is None:
        return (name,)
    term = F(counted) if isinstance(counted, str) else counted
    return (term.desc() if name.startswith("-") else term.asc(),)


@cache
def sortable(model: type[Model]) -> frozenset[str]:
    """The names of the columns that an order can be by."""
    return frozenset(["id", *(field.name for field in columns_of(model) if _can_be_sorted(field))])


@cache
def counted_columns(model: type[Model]) -> dict[str, Any]:
    """Columns whose numbers count, eth2 before eth10, with what they are ordered by instead."""
    kept = {field.of: field.name for field in model._meta.concrete_fields if isinstance(field, NaturalField)}
    usual: Iterable[Any] = model._meta.ordering or ()
    terms = [term for term in usual if isinstance(term, Natural)]
    return kept | {source.name: term for term in terms for source in term.get_source_expressions()}


def _can_be_sorted(field: Field[Any, Any]) -> bool:
    return not isinstance(field, JSONField) and not is_kind(field)
