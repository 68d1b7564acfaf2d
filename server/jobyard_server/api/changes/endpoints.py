"""``/api/extras/object-changes/``: the change log, newest first. Only the database writes it."""

from __future__ import annotations

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.changes.describe import describe_changes
from jobyard_server.api.changes.filters import ObjectChangeFilters
from jobyard_server.api.changes.pages import NewestFirst
from jobyard_server.api.changes.shapes import ObjectChangeShape
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.changes.models import ObjectChange


class ObjectChangeView(ApiView):
    model = ObjectChange
    queryset = ObjectChange.objects.select_related("user")

    def described(self, rows: list[ObjectChange]) -> list[ObjectChangeShape]:
        return describe_changes(rows, self.links, self.user)


class ObjectChangeList(ObjectChangeView):
    filterset_class = ObjectChangeFilters
    pagination_class = NewestFirst

    @extend_schema(responses={200: page_of(ObjectChangeShape)})
    def get(self, _request: Request) -> Response:
        """List changes; more than 100,000 are counted roughly, and ``next`` does not slow down."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.described(cast(list[ObjectChange], page)))


class ObjectChangeDetail(ObjectChangeView):
    @extend_schema(responses={200: shape(ObjectChangeShape)})
    def get(self, _request: Request, pk: int) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show one change."""
        return Response(self.described([self.get_object()])[0])
