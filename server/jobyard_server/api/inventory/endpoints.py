"""
Lists and details of inventory rows, the same for every model.

A list takes a POST with one object or several, and PATCH, PUT or DELETE with several that carry an ``id``:
all or nothing, with the errors of each object at its place.
"""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.db.models import Model
from django.http import HttpResponse
from django.urls import URLPattern, path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.bulk import MAX_ROWS, ids_in
from jobyard_server.api.inventory.available import AvailableAddresses, AvailablePrefixes
from jobyard_server.api.inventory.choices import describe_fields
from jobyard_server.api.inventory.describe import Describer
from jobyard_server.api.inventory.description import RowDescription
from jobyard_server.api.inventory.fields import has_files, relations_of, shown_with
from jobyard_server.api.inventory.filters import RowFilters
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.inventory.saving import RowSaver, delete_rows, save_all
from jobyard_server.api.inventory.serializers import serializer_for
from jobyard_server.api.inventory.tracing import trace_patterns
from jobyard_server.api.links import Links, endpoint_of
from jobyard_server.api.parsers import FormParser, JsonParser
from jobyard_server.api.views import ApiView
from jobyard_server.inventory.dcim.models.cable_ends import PathEnd
from jobyard_server.inventory.extras.models import ImageAttachment
from jobyard_server.inventory.pictures.answer import picture_answer

__all__ = ["MODELS", "urlpatterns"]

NOT_THERE = "There is no such row, or you may not change it."


class RowView(ApiView):
    """What list and detail share."""

    model: type[Model]
    knows_brief = True
    schema = RowDescription()
    filter_backends: Any = (RowFilters,)
    filterset_class = None  # told by the backend instead; its presence says that lists can be filtered

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.request.method == "DELETE":
            return rows  # nothing of them is shown
        return rows.prefetch_related(*(shown_with(self.model) if self.is_brief else relations_of(self.model)))

    def get_serializer_class(self) -> Any:
        return serializer_for(self.model)

    @property
    def is_brief(self) -> bool:
        request = getattr(self, "request", None)
        return request is not None and request.query_params.get("brief", "").lower() in ("1", "true")

    def described(self, rows: list[Any]) -> list[Any]:
        describer = Describer(self.links)
        describe = describer.brief if self.is_brief else describer.row
        return [describe(row) for row in rows]

    def stored(self, keys: list[Any]) -> list[Any]:
        """Rows as they are now, with all that they refer to, in the order of *keys*."""
        found = self.model._default_manager.prefetch_related(*relations_of(self.model)).in_bulk(keys)
        return self.described([found[key] for key in keys])


class RowList(RowView):
    def get(self, _request: Request) -> Response:
        """List rows."""
        page = cast(list[Any], self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        return self.get_paginated_response(self.described(page))

    def post(self, request: Request) -> Response:
        """Create a row, or several."""
        if not isinstance(request.data, list):
            made = self.stored([RowSaver(self.model, self.user).save(request.data).pk])[0]
            return Response(made, status=status.HTTP_201_CREATED)
        keys = save_all(
            self.model, [(body, None) for body in _list_in(request.data)], user=self.user, partial=False
        )
        return Response(self.stored(keys), status=status.HTTP_201_CREATED)

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]  # noqa: ARG002  # its signature
        """Tell what a row takes, and the values of each choice."""
        fields = describe_fields(self.model, self.get_serializer())
        return Response({"name": str(self.model._meta.verbose_name_plural), "actions": {"POST": fields}})

    def patch(self, request: Request) -> Response:
        """Change some fields of several rows."""
        return self._change(request, partial=True)

    def put(self, request: Request) -> Response:
        """Change several rows."""
        return self._change(request, partial=False)

    def delete(self, request: Request) -> Response:
        """Delete several rows."""
        asked = ids_in(request.data)
        rows = list(self.get_queryset().filter(pk__in=asked))
        if len(rows) != len(asked):
            raise ValidationError({"id": [NOT_THERE]})
        delete_rows(rows, self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _change(self, request: Request, *, partial: bool) -> Response:
        asked = ids_in(request.data)
        rows = {str(row.pk): row for row in self.get_queryset().filter(pk__in=asked)}
        if len(rows) != len(asked):
            raise ValidationError({"id": [NOT_THERE]})
        bodies: list[Any] = cast(Any, request.data)  # ids_in() has seen that it is a list of objects
        pairs = [(body, rows[str(uuid.UUID(body["id"]))]) for body in bodies]
        return Response(self.stored(save_all(self.model, pairs, user=self.user, partial=partial)))


class RowDetail(RowView):
    def shown(self, row: Any) -> dict[str, Any]:
        """*row*, and for a port what is at the far end of its cables: each path is followed by itself."""
        found: dict[str, Any] = self.described([row])[0]
        return found | far_end_of(row, self.links) if isinstance(row, PathEnd) else found

    def _saved(self, row: Model) -> Response:
        """The answer after a change: the row as it is now."""
        found = self.model._default_manager.prefetch_related(*relations_of(self.model))
        return Response(self.shown(found.get(pk=row.pk)))

    def get(self, _request: Request, pk: Any) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show a row."""
        return Response(self.shown(self.get_object()))

    def put(self, request: Request, pk: Any) -> Response:  # noqa: ARG002  # see above
        """Change a row."""
        return self._saved(RowSaver(self.model, self.user).save(request.data, self.get_object()))

    def patch(self, request: Request, pk: Any) -> Response:  # noqa: ARG002  # see above
        """Change some fields of a row."""
        return self._saved(
            RowSaver(self.model, self.user).save(request.data, self.get_object(), partial=True)
        )

    def delete(self, _request: Request, pk: Any) -> Response:  # noqa: ARG002  # see above
        """Delete a row."""
        delete_rows([self.get_object()], self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset  # one row is shown, whatever else the address says


class PictureOfRow(ApiView):
    model = ImageAttachment
    queryset = ImageAttachment.objects.all()

    @extend_schema(responses={(200, "image/*"): OpenApiTypes.BINARY})
    def get(self, _request: Request, pk: Any) -> HttpResponse:  # noqa: ARG002  # see above
        """Show a picture."""
        return picture_answer(self.get_object())

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset


def far_end_of(row: PathEnd, links: Links) -> dict[str, Any]:
    """What is at the other end of the path of cables from *row*."""
    far = row.connected_endpoint
    kind = f"{far._meta.app_label}.{far._meta.model_name}" if far is not None else None
    return {
        "connected_endpoint": Describer(links).brief(far),
        "connected_endpoint_type": kind,
        "connected_endpoint_reachable": row.connection_status,
    }


def _list_in(body: list[Any]) -> list[Any]:
    if not 1 <= len(body) <= MAX_ROWS:
        raise ValidationError({"detail": f"The body must be an object or a list of 1 to {MAX_ROWS} objects."})
    return body


def patterns_for(model: type[Model]) -> list[URLPattern]:
    endpoint = endpoint_of(model)
    values: dict[str, Any] = {"model": model, "queryset": model._default_manager.all()}
    if has_files(model):
        values["parser_classes"] = [JsonParser, FormParser]
    names = (f"{model.__name__}List", f"{model.__name__}Detail")
    many, one = (type(name, (base,), values) for name, base in zip(names, (RowList, RowDetail), strict=True))
    return [
        path(f"{endpoint}/", cast(Any, many).as_view()),
        path(f"{endpoint}/<uuid:pk>/", cast(Any, one).as_view()),
    ]


urlpatterns = [
    *(pattern for model in MODELS for pattern in patterns_for(model)),
    *trace_patterns(),
    path("extras/image-attachments/<uuid:pk>/image/", PictureOfRow.as_view()),
    path("ipam/prefixes/<uuid:pk>/available-ips/", AvailableAddresses.as_view()),
    path("ipam/prefixes/<uuid:pk>/available-prefixes/", AvailablePrefixes.as_view()),
]
