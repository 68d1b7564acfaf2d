"""From rows of the inventory to JSON: one serializer per model, made from its fields."""

from __future__ import annotations

from functools import cache
from typing import Any, TypedDict

from django.db.models import Field, ForeignKey, Model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobyard_server.api.links import Links
from jobyard_server.api.schema import shape
from jobyard_server.inventory.extras.models import Status

FIRST = ["id", "url", "display"]


class RelatedShape(TypedDict):
    """A row that another one refers to."""

    id: str
    url: str
    display: str
    name: str
    slug: str


@extend_schema_field(shape(RelatedShape))
class RelatedRow(serializers.BaseSerializer[Model]):
    """Enough of a related row to show it and to find it."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = {
            "id": str(instance.pk),
            "url": links_of(self).row(instance),
            "display": str(instance),
            "name": instance.name,
            "slug": instance.slug,
        }
        if isinstance(instance, Status):  # clients of 1.x read a status like a choice
            shown |= {"value": instance.slug, "label": instance.name}
        return shown


class RowSerializer(serializers.ModelSerializer[Model]):
    """What rows of all models have."""

    url = serializers.SerializerMethodField()
    display = serializers.SerializerMethodField()

    def get_url(self, row: Model) -> str:
        return links_of(self).row(row)

    def get_display(self, row: Model) -> str:
        return str(row)


@cache
def serializer_for(model: type[Model]) -> type[RowSerializer]:
    """The serializer of *model*: what all rows have, then its own fields."""
    related = {name: RelatedRow(read_only=True) for name in relations_of(model)}
    fields = [*FIRST, *(field.name for field in concrete_fields(model) if field.name != "id")]
    meta = type("Meta", (), {"model": model, "fields": fields, "read_only_fields": fields})
    return type(f"{model.__name__}Serializer", (RowSerializer,), {"Meta": meta, **related})


def relations_of(model: type[Model]) -> list[str]:
    """Names of the fields that refer to another row."""
    return [field.name for field in concrete_fields(model) if isinstance(field, ForeignKey)]


def concrete_fields(model: type[Model]) -> tuple[Field[Any, Any], ...]:
    return tuple(model._meta.concrete_fields)  # Django's documented interface


def links_of(serializer: serializers.BaseSerializer[Any]) -> Links:
    links: Links = serializer.context["links"]
    return links
