"""What may be sent about a row: one serializer per model, made from its fields when it is first needed."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db import models
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from jobyard_server.api.inventory.fields import (
    RENAMED,
    columns_of,
    generic_relations_of,
    is_editable,
    is_kind,
    lists_of,
)
from jobyard_server.api.inventory.references import KindField, RelatedField
from jobyard_server.inventory.base import HostField, MACField, NetworkField, TagsField

READ_ONLY = frozenset({"id", "url", "display", "created", "last_updated"})


@extend_schema_field(OpenApiTypes.ANY)  # an enumeration of each field would need a name of its own
class ChoiceField(serializers.ChoiceField):
    """Takes a value, or what the API shows for it: ``{"value": …, "label": …}``."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(
            data["value"] if isinstance(data, dict) and "value" in data else data
        )


class TagsSentField(serializers.ListField):
    """Tags by name, by id or as objects; names that are new become tags."""

    child = serializers.JSONField()

    def to_internal_value(self, data: Any) -> list[Any]:
        found: list[Any] = super().to_internal_value(data)
        return [self._tag(item) for item in found]

    def _tag(self, item: Any) -> Any:
        from jobyard_server.inventory.extras.models import Tag  # noqa: PLC0415  # only where tags are sent

        if isinstance(item, dict) and set(item) == {"name"}:
            item = str(item["name"])
        if isinstance(item, str) and not _looks_like_id(item):
            return Tag.objects.filter(slug=item).first() or item
        field: Any = RelatedField(queryset=Tag.objects.all())
        return field.to_internal_value(item)


def _looks_like_id(text: str) -> bool:
    return len(text) == 36 and text.count("-") == 4  # noqa: PLR2004  # the form of a UUID


class RowSerializer(serializers.ModelSerializer[models.Model]):
    """Reads a body; the model itself knows the rules, so validation is its ``full_clean()``."""

    serializer_related_field = RelatedField
    serializer_choice_field = ChoiceField
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        HostField: serializers.CharField,
        NetworkField: serializers.CharField,
        MACField: serializers.CharField,
        models.JSONField: serializers.JSONField,
    }

    def get_validators(self) -> list[Any]:
        return []

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        kind, options = super().build_standard_field(field_name, model_field)
        options.pop("validators", None)
        if isinstance(model_field, models.CharField) and model_field.blank:
            options["allow_null"] = True  # null and "" both say that there is none
        return kind, options

    def build_relational_field(self, field_name: str, relation_info: Any) -> Any:
        kind, options = super().build_relational_field(field_name, relation_info)
        options.pop("view_name", None)
        options.pop("validators", None)
        return (KindField if is_kind(relation_info.model_field) else kind), options

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValidationError({"detail": "The body must be an object."})
        known = {*self.fields, *READ_ONLY, *self.shown_only}
        unknown = {name: ["There is no such field."] for name in data if name not in known}
        if unknown:
            raise ValidationError(unknown)
        return super().to_internal_value({name: value for name, value in data.items() if name in self.fields})

    @property
    def shown_only(self) -> set[str]:
        """What the API shows but does not take; clients send it back with the rest."""
        model: Any = self.Meta.model
        names = {RENAMED.get(field.name, field.name) for field in columns_of(model)}
        return names | {field.name for field in generic_relations_of(model)}

    def create(self, validated_data: Any) -> models.Model:
        model: Any = self.Meta.model
        return self._store(model(), validated_data)

    def update(self, instance: models.Model, validated_data: Any) -> models.Model:
        return self._store(instance, validated_data)

    def _store(self, row: Any, values: dict[str, Any]) -> models.Model:
        lists = {
            field.name: values.pop(field.name) for field in lists_of(row._meta.model) if field.name in values
        }
        try:
            for name, value in values.items():
                setattr(
                    row,
                    name,
                    _merged(row, value) if name == "custom_field_data" else _empty(row, name, value),
                )
            row.validated_save()
            for name, found in lists.items():
                getattr(row, name).set(found)
        except ModelError as exc:
            raise ValidationError(_messages(exc)) from exc
        row._prefetched_objects_cache = {}  # noqa: SLF001  # what was shown before the change
        return row  # type: ignore[no-any-return]  # it came in as a row


def _empty(row: Any, name: str, value: Any) -> Any:
    """Null for a text column that has no null means the empty text."""
    field = row._meta.get_field(name)
    return "" if value is None and isinstance(field, models.CharField) and not field.null else value


def _merged(row: Any, value: Any) -> Any:
    """Custom fields that are not sent keep their values."""
    return {**row.custom_field_data, **value} if isinstance(value, dict) else value


def _messages(exc: ModelError) -> dict[str, Any]:
    found = exc.message_dict if hasattr(exc, "error_dict") else {"__all__": exc.messages}
    return {RENAMED.get(name, name): messages for name, messages in found.items()}


@cache
def serializer_for(model: type[models.Model]) -> type[RowSerializer]:
    """The serializer of *model*."""
    columns = [field.name for field in columns_of(model) if is_editable(field)]
    columns = [name for name in columns if name not in READ_ONLY and name != "custom_field_data"]
    declared: dict[str, Any] = {}
    if any(field.name == "custom_field_data" for field in columns_of(model)):
        declared["custom_fields"] = serializers.JSONField(source="custom_field_data", required=False)
    for field in lists_of(model):
        declared |= {field.name: TagsSentField(required=False)} if isinstance(field, TagsField) else {}
    names = [*columns, *(field.name for field in lists_of(model)), *declared]
    meta = type("Meta", (), {"model": model, "fields": list(dict.fromkeys(names))})
    return type(f"{model.__name__}Serializer", (RowSerializer,), {"Meta": meta, **declared})
