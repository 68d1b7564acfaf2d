"""Rows that a request refers to: by id, by slug or name, or by an object of fields."""

from __future__ import annotations

import uuid
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist, FieldError, ValidationError
from django.db import DataError
from django.db.models import Model, Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from jobyard_server.access.permissions import restrict
from jobyard_server.api.inventory.fields import natural_fields
from jobyard_server.inventory.extras.models import Status
from jobyard_server.runs.objects import is_comparable

NONE_FOUND = "Related object not found using the provided attributes: {}"
SEVERAL_FOUND = "Multiple objects match the provided attributes: {}"
CALLED = (
    "slug",
    "name",
    "model",
    "cid",
    "username",
)  #: What people call a row, of a model that has such columns.
SHOWN_ONLY = ("url", "display", "label", "value")  #: Members that the API shows and nobody looks rows up by.
NO_KIND = "“{}” is no type of objects; write it as app_label.model, such as dcim.device."


@extend_schema_field(OpenApiTypes.ANY)
class RelatedField(serializers.RelatedField[Any, Any, Any]):
    """
    A related row: ``"<id>"``, ``{"id": …}``, ``{"slug": …}``; a status or a tag also by its slug alone.

    Only rows that the user of the context may view can be named, and those that are referred to already;
    statuses by everybody: they are the words of a field, not rows of somebody's.
    """

    def use_pk_only_optimization(self) -> bool:
        return False

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        user = self.context.get("user")
        is_open = user is None or rows is None or issubclass(rows.model, Status)
        return rows if is_open else restrict(rows, user, "view")

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Model):
            return data  # chosen by the server, not sent by somebody
        try:
            return self._visible(data)
        except serializers.ValidationError as exc:
            kept = self._referred_to()
            if kept is None:
                raise
            try:
                return find_row(kept, data)
            except serializers.ValidationError:
                raise exc from None

    def _visible(self, data: Any) -> Any:
        rows: Any = self.get_queryset()
        known = self.context.get("known")
        if known is None or not isinstance(data, str):
            return find_row(rows, data)
        key = (rows.model, data)
        if key not in known:
            known[key] = find_row(rows, data)
        return known[key]

    def _referred_to(self) -> Any:
        """The rows that the row which is changed refers to by this field; None for a new one."""
        changed: Any = self.root.instance
        if not isinstance(changed, Model):
            return None
        is_list = isinstance(self.parent, serializers.ManyRelatedField)
        name = str(self.parent.source if is_list else self.source)
        if is_list:
            return getattr(changed, name).all()
        field: Any = changed._meta.get_field(name)
        return field.related_model._default_manager.filter(pk=getattr(changed, field.attname))

    def to_representation(self, value: Any) -> Any:
        return str(value.pk)


def find_row(rows: Any, data: Any) -> Any:
    """
    The one of *rows* that *data* tells: an id, a slug or a name, or an object of fields.

    An object may say of a relation what is said here: ``{"device": {"name": "sw1"}, "name": "eth0"}``.

    Raises:
        ValidationError: There is none, or there are several.
    """
    try:
        found = list(rows.filter(_asked(rows.model, data))[:2])
    except (FieldError, ValidationError, ValueError, TypeError, OverflowError, DataError):
        found = []
    if len(found) != 1:
        raise _refusal(data, found)
    return found[0]


def _asked(model: Any, data: Any, path: str = "") -> Q:
    if isinstance(data, dict):
        return _by_members(model, data, path)
    if _is_key(data):
        return Q(**{f"{path}pk": data})
    return by_natural_name(model, data, path)


def _by_members(model: Any, data: dict[str, Any], path: str) -> Q:
    members = {key: value for key, value in data.items() if key not in SHOWN_ONLY}
    if not members or not all(_may_tell(model, name) for name in members):
        raise ValueError("Nothing is told, or something that rows are not found by.")
    if "id" in members:
        return Q(**{f"{path}pk": members["id"]})
    found = Q()
    for name, value in members.items():
        related = _related_model(model, name)
        is_told = related is not None and value is not None
        found &= _asked(related, value, f"{path}{name}__") if is_told else Q(**{f"{path}{name}": value})
    return found


def _may_tell(model: Any, name: object) -> bool:
    """Columns, of inventory rows also those of what they refer to; no lookup that probes a hidden one."""
    return name in ("id", "pk", *CALLED) or is_comparable(model, name)


def _related_model(model: Any, name: str) -> Any:
    try:
        return model._meta.get_field(name).related_model
    except FieldDoesNotExist:
        return None


def by_natural_name(model: type[Model], value: Any, path: str = "") -> Q:
    """The rows that people call *value*: by slug or by name, else by what else tells rows apart."""
    present = {field.name for field in model._meta.concrete_fields}
    told: list[str] = [name for name in CALLED if name in present]
    told = told or [*natural_fields(model)[:1]] or ["pk"]
    found = Q()
    for name in told:
        found |= Q(**{f"{path}{name}": value})
    return found


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
