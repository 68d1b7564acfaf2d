"""
``OPTIONS`` of a list: what a row takes, with the values of each choice; clients ask it for ``choices()``.

The layout is that of Django REST framework, which they know.
"""

from __future__ import annotations

from typing import Any, TypedDict

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from rest_framework import serializers

from jobyard_server.inventory.extras.models import Status


class Choice(TypedDict):
    """One value, by both names that clients have for its label."""

    value: str
    display: str
    display_name: str


def describe_fields(model: type[Model], serializer: serializers.BaseSerializer[Any]) -> dict[str, Any]:
    """The members of a body for *model*, by name."""
    fields: dict[str, serializers.Field[Any, Any, Any, Any]] = getattr(serializer, "fields", {})
    return {name: _described(model, name, field) for name, field in fields.items()}


def _described(model: type[Model], name: str, field: serializers.Field[Any, Any, Any, Any]) -> dict[str, Any]:
    kind = "choice" if isinstance(field, serializers.ChoiceField) else "field"
    told: dict[str, Any] = {
        "type": kind,
        "required": field.required,
        "read_only": field.read_only,
        "label": str(field.label or name),
    }
    if isinstance(field, serializers.ChoiceField):
        told["choices"] = [_choice(value, label) for value, label in field.choices.items()]
    elif name == "status":
        told["choices"] = [_choice(row.slug, row.name) for row in _statuses(model)]
    return told


def _statuses(model: type[Model]) -> Any:
    return Status.objects.filter(content_types=ContentType.objects.get_for_model(model))


def _choice(value: object, label: object) -> Choice:
    return {"value": str(value), "display": str(label), "display_name": str(label)}
