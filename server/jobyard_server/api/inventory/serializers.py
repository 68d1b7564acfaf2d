"""What may be sent about a row: one serializer per model, made from its fields when it is first needed."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError as ModelError
from django.db import models
from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from jobyard_server.access.permissions import may, restrict
from jobyard_server.api.inventory.fields import (
    RENAMED,
    columns_of,
    generic_relations_of,
    is_editable,
    is_kind,
    lists_of,
)
from jobyard_server.api.inventory.files import FileSentField
from jobyard_server.api.inventory.references import KindField, RelatedField, find_row
from jobyard_server.inventory.base import HostField, MACField, NetworkField, StatusField, TagsField
from jobyard_server.inventory.base.status import check_status
from jobyard_server.inventory.pictures.fields import PictureField

FAR_END = ("connected_endpoint", "connected_endpoint_type", "connected_endpoint_reachable")
NO_ROW = "There is no {} with this id."  #: As the models themselves say it.
NO_TAG = "There is no tag “{}”, and you may not add tags."
READ_ONLY = frozenset({"id", "url", "display", "created", "last_updated", *FAR_END})


@extend_schema_field(OpenApiTypes.ANY)  # an enumeration of each field would need a name of its own
class ChoiceField(serializers.ChoiceField):
    """Takes a value, or what the API shows for it: ``{"value": …, "label": …}``."""

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(
            data["value"] if isinstance(data, dict) and "value" in data else data
        )


class TagsSentField(serializers.ListField):
    """Tags by name, by id or as objects; names that are new become tags, for whoever may add tags."""

    child = serializers.JSONField()

    def to_internal_value(self, data: Any) -> list[Any]:
        found: list[Any] = super().to_internal_value(data)
        return [self._tag(item) for item in found]

    def _tag(self, item: Any) -> Any:
        from jobyard_server.inventory.extras.models import Tag  # noqa: PLC0415  # only where tags are sent

        if isinstance(item, dict) and set(item) == {"name"}:
            item = str(item["name"])
        user = self.context.get("user")
        rows = Tag.objects.all() if user is None else restrict(Tag.objects.all(), user, "view")
        if not isinstance(item, str) or _looks_like_id(item):
            return find_row(rows, item)
        named = rows.filter(Q(slug=item) | Q(name=item)).order_by("pk").first()
        if named is None and user is not None and not may(user, "add", Tag):
            raise ValidationError(NO_TAG.format(item[:100]))
        return named or item


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
        PictureField: FileSentField,
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
        data = {**data, **self._generic_keys(data)}
        values = super().to_internal_value(
            {name: value for name, value in data.items() if name in self.fields}
        )
        self._refuse_hidden(values)
        return values

    def _generic_keys(self, data: dict[str, Any]) -> dict[str, Any]:
        """For a row of any kind that is told by an object instead of its id, that id."""
        found = {}
        for relation in generic_relations_of(cast(Any, self.Meta).model):
            told, kind = data.get(relation.name), data.get(relation.ct_field)
            if told and kind and not data.get(relation.fk_field):
                found[relation.fk_field] = str(self._found(relation.name, kind, told).pk)
        return found

    def _refuse_hidden(self, values: dict[str, Any]) -> None:
        """A row of any kind that the user may not view is not there, unless it is referred to already."""
        changed: Any = self.instance
        for relation in generic_relations_of(cast(Any, self.Meta).model):
            key = values.get(relation.fk_field)
            kind = values.get(relation.ct_field) or getattr(changed, relation.ct_field, None)
            model: Any = kind.model_class() if kind is not None else None
            if key is None or model is None or key == getattr(changed, relation.fk_field, None):
                continue
            is_there = model._default_manager.filter(
                pk=key
            ).exists()  # the model's own rules tell if it is not
            if is_there and not self._visible(model).filter(pk=key).exists():
                raise ValidationError({relation.name: [NO_ROW.format(model._meta.verbose_name)]})

    def _found(self, name: str, kind: Any, told: Any) -> Any:
        try:
            model: Any = KindField(queryset=ContentType.objects.all()).to_internal_value(kind).model_class()
            return find_row(self._visible(model), told)
        except ValidationError as exc:
            raise ValidationError({name: exc.detail}) from exc

    def _visible(self, model: Any) -> Any:
        rows, user = model._default_manager.all(), self.context.get("user")
        return rows if user is None else restrict(rows, user, "view")

    @property
    def shown_only(self) -> set[str]:
        """What the API shows but does not take; clients send it back with the rest."""
        model: Any = self.Meta.model
        names = {RENAMED.get(field.name, field.name) for field in columns_of(model)}
        return names | {field.name for field in generic_relations_of(model)}

    def create(self, validated_data: Any) -> models.Model:
        model: Any = self.Meta.model
        row = model()
        row.written_by(self.context.get("user"))
        return self._store(row, validated_data)

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
            _check_statuses(row, values)
            row.validated_save()
            for name, found in lists.items():
                getattr(row, name).set(found)
            row.check_lists()
        except ModelError as exc:
            raise ValidationError(_messages(exc)) from exc
        row._prefetched_objects_cache = {}  # noqa: SLF001  # what was shown before the change
        return row  # type: ignore[no-any-return]  # it came in as a row


def _check_statuses(row: Any, values: dict[str, Any]) -> None:
    """People choose among the statuses of a kind of row; job files of both families are freer."""
    for field in row._meta.concrete_fields:
        if isinstance(field, StatusField) and values.get(field.name) is not None:
            check_status(row, field)


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
