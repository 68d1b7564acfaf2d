"""The rows that refer to a row: its parts, which go when it goes, and all others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib.contenttypes.fields import GenericRelation
from django.db.models import CASCADE, Count, IntegerField, Model, QuerySet, Value

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.api.inventory.fields import generic_relations_of
from jobyard_server.inventory.base.words import with_article
from jobyard_server.inventory.ipam.models import IPAddress, Prefix
from jobyard_server.ui.inventory.addresses import has_pages, list_url
from jobyard_server.ui.inventory.labels import label_of, plural, singular, title

ATTACHED = (
    "contacts",
    "images",
    "notes",
)  #: Relations to rows that say something about a row, offered on its page.


@dataclass(frozen=True, kw_only=True)
class Relation:
    """Rows of *model* whose *lookup* leads to the row."""

    name: str  #: For ``?tab=``.
    label: str
    model: type[Model]
    lookup: str
    filter: str  #: Name of the filter of lists, with the key of the row as its value.
    is_part: bool = False  #: The rows are parts of the row: they are deleted with it.
    hidden: tuple[str, ...] = ()  #: Columns that say nothing in the list of these rows.
    kind_field: str = ""  #: Of rows that refer to rows of any kind: the field that says which.


@dataclass(frozen=True, kw_only=True)
class Children:
    """A relation of one row, and how many rows it has."""

    relation: Relation
    count: int
    link: str  #: The list of these rows.


@cache
def relations_to(model: type[Model]) -> tuple[Relation, ...]:
    """Every relation by which rows with pages refer to rows of *model*."""
    found = [_reverse(item) for item in model._meta.related_objects if has_pages(item.related_model)]
    private: list[Any] = list(model._meta.private_fields)
    generic = [
        Relation(
            name=field.name,
            label=label_of(field.name),
            model=cast(type[Model], field.related_model),
            lookup=field.object_id_field_name,
            filter=field.object_id_field_name,
            is_part=True,
            hidden=_shown_as(field),
            kind_field=field.content_type_field_name,
        )
        for field in private
        if isinstance(field, GenericRelation)
        and has_pages(field.related_model)
        and not field.name.startswith("_")
    ]
    return (*found, *generic)


def _shown_as(field: GenericRelation) -> tuple[str, ...]:
    """The column of the other rows that shows the row itself."""
    generic = generic_relations_of(cast(type[Model], field.related_model))
    return tuple(found.name for found in generic if found.fk_field == field.object_id_field_name)


def prefilled(relation: Relation, row: Model) -> str:
    """The parameters with which the form of a new row of *relation* begins."""
    if relation.kind_field:
        kind = f"{row._meta.app_label}.{row._meta.model_name}"
        return urlencode({relation.kind_field: kind, relation.lookup: row.pk})
    return urlencode({relation.hidden[0]: row.pk}) if relation.hidden else ""


def _reverse(item: Any) -> Relation:
    field = item.field
    name = item.get_accessor_name() or field.name
    is_plain = (
        sum(other.related_model is item.related_model for other in item.model._meta.related_objects) == 1
    )
    label = title(plural(item.related_model)) if is_plain else label_of(name)
    is_part = not field.many_to_many and field.remote_field.on_delete is CASCADE
    return Relation(
        name=name,
        label=label,
        model=item.related_model,
        lookup=field.name,
        filter=f"{field.name}_id",
        is_part=is_part,
        hidden=(field.name,),
    )


def children_of(row: Any, user: User) -> list[Children]:
    """
    The relations of *row* that have rows which *user* may view, parts first.

    Cost: one query for all of them together.
    """
    relations = [item for item in relations_to(row._meta.model) if may(user, "view", item.model)]
    counts = _counts([_rows(item, row, user) for item in relations])
    found = [
        Children(relation=item, count=count, link=f"{list_url(item.model)}?{item.filter}={row.pk}")
        for item, count in zip(relations, counts, strict=True)
        if count
    ]
    return sorted([*found, *_within(row, user)], key=lambda child: not child.relation.is_part)


def attachable_to(row: Any, user: User) -> list[tuple[str, str]]:
    """What *user* may attach to *row*: the label of each, and the address of its form."""
    return [
        (with_article(singular(item.model)), f"{list_url(item.model)}add/?{prefilled(item, row)}")
        for item in relations_to(row._meta.model)
        if item.name in ATTACHED and may(user, "add", item.model)
    ]


def rows_of(relation: Relation, row: Any, user: User) -> QuerySet[Any]:
    """The rows of *relation* that *user* may view, in their usual order."""
    return _rows(relation, row, user)


def _rows(relation: Relation, row: Any, user: User) -> QuerySet[Any]:
    rows = relation.model._default_manager.filter(**{relation.lookup: row.pk})
    return restrict(rows, user, "view")


def _counts(sets: list[QuerySet[Any]]) -> list[int]:
    if not sets:
        return []
    parts = [
        rows.order_by()
        .annotate(place=Value(number, output_field=IntegerField()))
        .values("place")
        .annotate(number=Count("pk"))
        .values_list("place", "number")
        for number, rows in enumerate(sets)
    ]
    found = dict(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0])
    return [found.get(number, 0) for number in range(len(sets))]


def _within(row: Any, user: User) -> list[Children]:
    """A network has no column that leads to what lies in it; the lists know how to ask."""
    if not isinstance(row, Prefix):
        return []
    asked = ((Prefix, "within", row.get_child_prefixes()), (IPAddress, "parent", row.get_child_ips()))
    return [
        Children(
            relation=Relation(
                name=f"within_{model._meta.model_name}",
                label=f"{title(plural(model))} within",
                model=model,
                lookup="",
                filter=name,
            ),
            count=count,
            link=f"{list_url(model)}?{name}={row.prefix}",
        )
        for model, name, rows in asked
        if may(user, "view", model) and (count := restrict(rows, user, "view").count())
    ]
