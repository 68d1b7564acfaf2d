"""
Lists and details of inventory rows, the same for every model.

A list takes a POST with one object or several, and PATCH, PUT or DELETE with several that carry an ``id``:
all or nothing, with the errors of each object at its place.
"""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError, RestrictedError
from django.urls import URLPattern, path
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.bulk import MAX_ROWS, ids_in
from jobyard_server.api.errors import Refusal
from jobyard_server.api.inventory.describe import Describer
from jobyard_server.api.inventory.description import RowDescription
from jobyard_server.api.inventory.fields import relations_of
from jobyard_server.api.inventory.filters import RowFilters
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.inventory.serializers import serializer_for
from jobyard_server.api.links import endpoint_of
from jobyard_server.api.views import ApiView

__all__ = ["MODELS", "urlpatterns"]

TAKEN = "Another row with these values was saved at the same moment."
NOT_THERE = "There is no such row, or you may not change it."


class RowView(ApiView):
    """What list and detail share."""

    model: type[Model]
    schema = RowDescription()
    filter_backends: Any = (RowFilters,)
    filterset_class = None  # told by the backend instead; its presence says that lists can be filtered

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if self.is_brief else rows.prefetch_related(*relations_of(self.model))

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

    def save(self, body: Any, row: Model | None = None, *, partial: bool = False) -> Model:
        """
        Create a row from *body*, or change *row*.

        Raises:
            ValidationError: A field or a rule of the model refuses it.
        """
        serializer = serializer_for(self.model)(row, data=body, partial=partial)
        try:
            with transaction.atomic():
                serializer.is_valid(raise_exception=True)
                return serializer.save()
        except IntegrityError as exc:
            raise ValidationError({"__all__": [TAKEN]}) from exc

    def remove(self, rows: Any) -> None:
        try:
            with transaction.atomic():
                for row in rows:
                    row.delete()
        except (ProtectedError, RestrictedError) as exc:
            raise Refusal(status.HTTP_409_CONFLICT, _what_is_in_the_way(exc)) from exc


class RowList(RowView):
    def get(self, _request: Request) -> Response:
        """List rows."""
        page = cast(list[Any], self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        return self.get_paginated_response(self.described(page))

    def post(self, request: Request) -> Response:
        """Create a row, or several."""
        if not isinstance(request.data, list):
            made = self.stored([self.save(request.data).pk])[0]
            return Response(made, status=status.HTTP_201_CREATED)
        keys = self._save_all([(body, None) for body in _list_in(request.data)], partial=False)
        return Response(self.stored(keys), status=status.HTTP_201_CREATED)

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
        self.remove(rows)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _change(self, request: Request, *, partial: bool) -> Response:
        asked = ids_in(request.data)
        rows = {str(row.pk): row for row in self.get_queryset().filter(pk__in=asked)}
        if len(rows) != len(asked):
            raise ValidationError({"id": [NOT_THERE]})
        bodies: list[Any] = cast(Any, request.data)  # ids_in() has seen that it is a list of objects
        pairs = [(body, rows[str(uuid.UUID(body["id"]))]) for body in bodies]
        return Response(self.stored(self._save_all(pairs, partial=partial)))

    def _save_all(self, pairs: list[tuple[Any, Any]], *, partial: bool) -> list[Any]:
        """Save each, or none if any is refused; the errors then stand at the places of their rows."""
        keys: list[Any] = []
        errors: list[Any] = []
        with transaction.atomic():
            for body, row in pairs:
                try:
                    keys.append(self.save(body, row, partial=partial).pk)
                    errors.append({})
                except ValidationError as exc:
                    errors.append(cast(dict[Any, Any], exc.detail))
            if any(errors):
                transaction.set_rollback(True)
        if any(errors):
            raise ValidationError(cast(Any, errors))  # a list of dictionaries is one of its forms
        return keys


class RowDetail(RowView):
    def get(self, _request: Request, pk: Any) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show a row."""
        return Response(self.described([self.get_object()])[0])

    def put(self, request: Request, pk: Any) -> Response:  # noqa: ARG002  # see above
        """Change a row."""
        return Response(self.stored([self.save(request.data, self.get_object()).pk])[0])

    def patch(self, request: Request, pk: Any) -> Response:  # noqa: ARG002  # see above
        """Change some fields of a row."""
        return Response(self.stored([self.save(request.data, self.get_object(), partial=True).pk])[0])

    def delete(self, _request: Request, pk: Any) -> Response:  # noqa: ARG002  # see above
        """Delete a row."""
        self.remove([self.get_object()])
        return Response(status=status.HTTP_204_NO_CONTENT)

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset  # one row is shown, whatever else the address says


def _list_in(body: list[Any]) -> list[Any]:
    if not 1 <= len(body) <= MAX_ROWS:
        raise ValidationError({"detail": f"The body must be an object or a list of 1 to {MAX_ROWS} objects."})
    return body


def _what_is_in_the_way(exc: ProtectedError | RestrictedError) -> str:
    found = exc.protected_objects if isinstance(exc, ProtectedError) else exc.restricted_objects
    rows = sorted(f"{row._meta.verbose_name} {row}" for row in list(found)[:5])
    more = len(found) - len(rows)
    return f"Other rows depend on it: {', '.join(rows)}{f' and {more} more' if more > 0 else ''}."


def patterns_for(model: type[Model]) -> list[URLPattern]:
    endpoint = endpoint_of(model)
    values = {"model": model, "queryset": model._default_manager.all()}
    names = (f"{model.__name__}List", f"{model.__name__}Detail")
    many, one = (type(name, (base,), values) for name, base in zip(names, (RowList, RowDetail), strict=True))
    return [
        path(f"{endpoint}/", cast(Any, many).as_view()),
        path(f"{endpoint}/<uuid:pk>/", cast(Any, one).as_view()),
    ]


urlpatterns = [pattern for model in MODELS for pattern in patterns_for(model)]
