"""The OpenAPI description of inventory rows, made from the same fields as the answers."""

from __future__ import annotations

from typing import Any

from django.db import models
from drf_spectacular.plumbing import build_array_type, build_basic_type, build_object_type
from drf_spectacular.types import OpenApiTypes

from jobyard_server.api.inventory.fields import (
    RENAMED,
    columns_of,
    generic_relations_of,
    is_file,
    is_kind,
    lists_of,
    type_of,
)
from jobyard_server.api.inventory.serializers import FAR_END, serializer_for
from jobyard_server.api.schema import Description
from jobyard_server.inventory.dcim.models.cable_ends import PathEnd

Schema = dict[str, Any]
_TYPES: tuple[tuple[type[Any], Any], ...] = (
    (models.BooleanField, OpenApiTypes.BOOL),
    (models.IntegerField, OpenApiTypes.INT),
    (models.DateTimeField, OpenApiTypes.DATETIME),
    (models.DateField, OpenApiTypes.DATE),
    (models.DecimalField, OpenApiTypes.FLOAT),
    (models.JSONField, OpenApiTypes.ANY),
)


class RowDescription(Description):
    """Knows what an endpoint of rows takes and answers by its model."""

    @property
    def _model(self) -> Any:
        return getattr(self.view, "model")  # noqa: B009  # every view of rows has one; APIView does not say so

    def get_request_serializer(self) -> Any:
        if self.method == "DELETE" and self._is_about_many():
            return OpenApiTypes.OBJECT
        return serializer_for(self._model) if self.method in ("POST", "PUT", "PATCH") else None

    def get_response_serializers(self) -> Any:
        if self.method == "DELETE":
            return {204: None}
        row = row_schema(self._model)
        if self.method == "GET":
            return {200: _page(row) if self._is_about_many() else row}
        return {201 if self.method == "POST" else 200: row}


def row_schema(model: type[models.Model]) -> Schema:
    """What a row of *model* looks like."""
    shown = {
        "id": _basic(OpenApiTypes.UUID),
        "url": _basic(OpenApiTypes.URI),
        "display": _basic(OpenApiTypes.STR),
    }
    columns = {RENAMED.get(field.name, field.name): _column(field) for field in columns_of(model)}
    lists = {
        field.name: build_array_type(_basic(OpenApiTypes.STR) if is_kind(field) else _related())
        for field in lists_of(model)
    }
    generic = {field.name: _related() for field in generic_relations_of(model)}
    always = {**shown, **columns, **lists, **generic}
    far_end = _far_end() if issubclass(model, PathEnd) else {}
    return build_object_type(properties={**always, **far_end}, required=list(always)) or {}


def _far_end() -> dict[str, Schema]:
    """Shown of a port at its own address only."""
    kinds = (_related(), _basic(OpenApiTypes.STR), _basic(OpenApiTypes.BOOL))
    return {name: {**kind, "nullable": True} for name, kind in zip(FAR_END, kinds, strict=True)}


def _column(field: Any) -> Schema:
    if isinstance(field, models.ForeignKey):
        return {**_basic(OpenApiTypes.STR), "nullable": True} if is_kind(field) else _related()
    if is_file(field):
        return _basic(OpenApiTypes.URI)
    if field.choices:
        members = {"value": _basic(OpenApiTypes.ANY), "label": _basic(OpenApiTypes.STR)}
        return {**(build_object_type(properties=members) or {}), "nullable": True}
    found = next((kind for type_, kind in _TYPES if isinstance(type_of(field), type_)), OpenApiTypes.STR)
    return {**_basic(found), **({"nullable": True} if field.null else {})}


def _related() -> Schema:
    members = {"id": OpenApiTypes.UUID, "url": OpenApiTypes.URI, "display": OpenApiTypes.STR}
    properties = {name: _basic(kind) for name, kind in members.items()}
    found = build_object_type(properties=properties, additionalProperties=True) or {}
    return {**found, "nullable": True}


def _page(row: Schema) -> Schema:
    link = {**_basic(OpenApiTypes.URI), "nullable": True}
    properties = {
        "count": _basic(OpenApiTypes.INT),
        "next": link,
        "previous": link,
        "results": build_array_type(row),
    }
    return build_object_type(properties=properties, required=list(properties)) or {}


def _basic(kind: OpenApiTypes) -> Schema:
    return build_basic_type(kind) or {}
