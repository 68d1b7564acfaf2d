"""
Lists and details of accounts and rights, with the bulk forms that clients know from other resources.

A list takes a POST with one object or several, and PATCH, PUT or DELETE with several that carry an ``id``:
all or nothing, with the errors of each object at its place.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, cast

from django.db import transaction
from django.db.models import QuerySet
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.editing import delete
from jobyard_server.access.models import User
from jobyard_server.access.permissions import require_covered
from jobyard_server.api.accounts.description import AccountDescription
from jobyard_server.api.bulk import MAX_ROWS, each_or_none, ids_in, rows_in
from jobyard_server.api.links import Links
from jobyard_server.api.views import ApiView


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What one kind of rows differs in from the others."""

    rows: QuerySet[Any]
    describe: Callable[[Any, Links], Any]
    shown: type[Any]  #: Typed dictionary that ``describe`` gives.
    fields: type[serializers.Serializer[Any]]  #: What may be sent.
    store: Callable[..., Any]  #: Of ``access.editing``.
    key: Callable[[str], Any] = uuid.UUID  #: From the text of an id to the id.
    #: With what describing them needs, as far as the reader may see it.
    shown_to: Callable[[QuerySet[Any], User], QuerySet[Any]] = lambda rows, _reader: rows


class AccountView(ApiView):
    """What list and detail share."""

    schema = AccountDescription()
    resource: ClassVar[Resource]

    def get_queryset(self) -> QuerySet[Any]:
        """To look at, with what the caller may see of them; to change, as they are stored."""
        rows = super().get_queryset()
        return self.resource.shown_to(rows, self.user) if self.request.method in SAFE_METHODS else rows

    def described(self, rows: list[Any]) -> list[Any]:
        return [self.resource.describe(row, self.links) for row in rows]

    def save(self, row: Any, body: Any, *, partial: bool = False) -> Any:
        """
        Store *row* with the values in *body*.

        Raises:
            ValidationError: A value is of the wrong kind.
            RefusedFields: A rule refuses it.
            PermissionDenied: The caller may not make the row such.
        """
        fields = self.resource.fields(data=body, partial=partial, context={"user": self.user})
        fields.is_valid(raise_exception=True)
        with transaction.atomic():
            stored = self.resource.store(row, fields.validated_data, by=self.user)
            self.check_stored(stored)
        return stored

    def check_stored(self, row: Any) -> None:
        """
        Refuse a row that the caller's permission does not cover any more.

        Raises:
            PermissionDenied: Nothing is stored.
        """
        require_covered(self.user, self.action_of(self.request), row)

    def answer(
        self, keys: list[Any], status_code: int = status.HTTP_200_OK, *, one: bool = False
    ) -> Response:
        """The rows with *keys* as they are now."""
        rows = self.resource.shown_to(self.resource.rows.filter(pk__in=keys), self.user)
        found = {row.pk: row for row in rows}
        described = self.described([found[key] for key in keys])
        return Response(described[0] if one else described, status=status_code)


class AccountList(AccountView):
    def get(self, _request: Request) -> Response:
        """List them."""
        page = cast(list[Any], self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        return self.get_paginated_response(self.described(page))

    def post(self, request: Request) -> Response:
        """Create one, or several."""
        model = cast(Any, self.model)
        bodies = request.data if isinstance(request.data, list) else [request.data]
        if not 1 <= len(bodies) <= MAX_ROWS:
            raise ValidationError(
                {"detail": f"The body must be an object or a list of 1 to {MAX_ROWS} objects."}
            )
        rows = [model() for _body in bodies]
        self._each([partial(self.save, row, body) for row, body in zip(rows, bodies, strict=True)])
        one = not isinstance(request.data, list)
        return self.answer([row.pk for row in rows], status.HTTP_201_CREATED, one=one)

    def patch(self, request: Request) -> Response:
        """Change some fields of several."""
        return self._change(request, only_some=True)

    def put(self, request: Request) -> Response:
        """Change several."""
        return self._change(request, only_some=False)

    def delete(self, request: Request) -> Response:
        """Delete several."""
        delete(self.chosen(ids_in(request.data, self.resource.key)), by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _change(self, request: Request, *, only_some: bool) -> Response:
        bodies = rows_in(request.data, self.resource.key)
        chosen = self.chosen(bodies)
        self._each([partial(self.save, row, bodies[row.pk], partial=only_some) for row in chosen])
        return self.answer([row.pk for row in chosen])

    def _each(self, changes: list[Callable[[], Any]]) -> None:
        if len(changes) == 1 and not isinstance(self.request.data, list):
            changes[0]()  # its errors are told without a list around them
        else:
            each_or_none(changes)


class AccountDetail(AccountView):
    def get(self, _request: Request, pk: Any) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show one."""
        return Response(self.described([self.get_object()])[0])

    def put(self, request: Request, pk: Any) -> Response:  # noqa: ARG002  # see above
        """Change one."""
        return self.answer([self.save(self.get_object(), request.data).pk], one=True)

    def patch(self, request: Request, pk: Any) -> Response:  # noqa: ARG002  # see above
        """Change some fields of one."""
        return self.answer([self.save(self.get_object(), request.data, partial=True).pk], one=True)

    def delete(self, _request: Request, pk: Any) -> Response:  # noqa: ARG002  # see above
        """Delete one."""
        delete([self.get_object()], by=self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def filter_queryset(self, queryset: Any) -> Any:
        return queryset  # one row is shown, whatever else the address says
