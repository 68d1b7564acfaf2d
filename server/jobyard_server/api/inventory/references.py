"""Rows that a request refers to: by id, by slug or name, or by an object of fields."""

from __future__ import annotations

import uuid
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobyard_server.api.inventory.fields import natural_fields

NONE_FOUND = "Related object not found using the provided attributes: {}"
SEVERAL_FOUND = "Multiple objects match the provided attributes: {}"
NO_KIND = "“{}” is no type of objects; write it as app_label.model, such as dcim.device."


@extend_schema_field(OpenApiTypes.ANY)
class RelatedField(serializers.RelatedField[Any, Any, Any]):
    """A related row: ``"<id>"``, ``{"id": …}``, ``{"slug": …}``; a status or a tag also by its slug alone."""

    def use_pk_only_optimization(self) -> bool:
        return False

    def to_internal_value(self, data: Any) -> Any:
        rows: Any = self.get_queryset()
        asked = self._asked(rows.model, data)
        try:
            found = list(rows.filter(**asked)[:2])
        except (FieldError, ValidationError, ValueError, TypeError):
            found = []
        if len(found) != 1:
            raise _refusal(data, found)
        return found[0]

    def _asked(self, model: type[Model], data: Any) -> dict[str, Any]:
        if isinstance(data, dict):
            plain = {
                key: value for key, value in data.items() if key not in ("url", "display", "label", "value")
            }
            if not plain:
                raise _refusal(data, [])
            return {"pk": plain["id"]} if "id" in plain else plain
        if _is_key(data):
            return {"pk": data}
        names = natural_fields(model)
        name = "slug" if "slug" in names else names[0] if names else "pk"
        return {name: data}

    def to_representation(self, value: Any) -> Any:
        return str(value.pk)


def _refusal(data: Any, found: list[Any]) -> serializers.ValidationError:
    return serializers.ValidationError((SEVERAL_FOUND if found else NONE_FOUND).format(str(data)[:200]))


def _is_key(data: Any) -> bool:
    if isinstance(data, uuid.UUID):
        return True
    try:
        uuid.UUID(str(data))
    except ValueError:
        return False
    return isinstance(data, str)


@extend_schema_field(OpenApiTypes.STR)
class KindField(serializers.RelatedField[Any, Any, Any]):
    """A kind of row: ``dcim.device``."""

    def to_internal_value(self, data: Any) -> ContentType:
        try:
            return ContentType.objects.get_for_model(apps.get_model(str(data)), for_concrete_model=False)
        except (LookupError, ValueError):
            raise serializers.ValidationError(NO_KIND.format(str(data)[:100])) from None

    def to_representation(self, value: Any) -> str:
        return f"{value.app_label}.{value.model}"
