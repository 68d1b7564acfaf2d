"""Keys of SSH servers: seen by the daemon, confirmed by people who hold the permission for it."""

from __future__ import annotations

import uuid
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.filters import Filters, any_text, flag, meta
from jobyard_server.api.links import Links
from jobyard_server.api.remotes.shapes import HostKeyShape
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.registry.host_keys import SSH_PORT, add_confirmed, confirm, forget
from jobyard_server.registry.remote_models import HostKey


class NewHostKey(serializers.Serializer[HostKey]):
    host = serializers.CharField(max_length=255)
    port = serializers.IntegerField(required=False, min_value=1, max_value=65535, default=SSH_PORT)
    key = serializers.CharField()


class HostKeyFilters(Filters):
    searched = ("host", "fingerprint")

    host = any_text()
    unconfirmed = flag("confirmed_at", "isnull")

    Meta = meta(HostKey)


class HostKeyView(ApiView):
    model = HostKey
    queryset = HostKey.objects.select_related("confirmed_by")


class HostKeyList(HostKeyView):
    filterset_class = HostKeyFilters

    @extend_schema(responses={200: page_of(HostKeyShape)})
    def get(self, _request: Request) -> Response:
        """List host keys."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        links = self.links
        return self.get_paginated_response([describe_host_key(row, links) for row in page or ()])

    @extend_schema(request=NewHostKey, responses={201: shape(HostKeyShape)})
    def post(self, request: Request) -> Response:
        """Trust a key that was brought from the operator of the server."""
        fields = NewHostKey(data=request.data)
        fields.is_valid(raise_exception=True)
        values = fields.validated_data
        row = add_confirmed(values["host"], values["key"], self.user, port=values["port"])
        return Response(describe_host_key(row, self.links), status=status.HTTP_201_CREATED)


class HostKeyDetail(HostKeyView):
    @extend_schema(responses={200: shape(HostKeyShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show a host key."""
        return Response(describe_host_key(self.get_object(), self.links))

    @extend_schema(responses={204: None})
    def delete(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Forget a host key; its server is refused until a key of it is confirmed."""
        forget(self.get_object(), self.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


class HostKeyConfirmation(HostKeyView):
    actions: ClassVar = {"POST": "change"}

    @extend_schema(request=None, responses={200: shape(HostKeyShape)})
    def post(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Trust this key from now on; compare its fingerprint with what the server's operator publishes."""
        row: HostKey = self.get_object()
        confirm(row, self.user)
        row.refresh_from_db()
        return Response(describe_host_key(row, self.links))


def describe_host_key(row: HostKey, links: Links) -> HostKeyShape:
    return {
        "id": row.pk,
        "url": f"{links.root}extras/host-keys/{row.pk}/",
        "display": str(row),
        "host": row.host,
        "port": row.port,
        "kind": row.kind,
        "fingerprint": row.fingerprint,
        "confirmed_at": row.confirmed_at,
        "confirmed_by": row.confirmed_by.username if row.confirmed_by else None,
        "created": row.created,
    }
