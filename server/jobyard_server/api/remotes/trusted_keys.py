"""The list of keys whose signatures under commits count."""

from __future__ import annotations

import uuid
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.api.filters import Filters, any_text, meta
from jobyard_server.api.links import Links
from jobyard_server.api.remotes.shapes import TrustedKeyShape
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView
from jobyard_server.registry.trust_models import TrustedKey
from jobyard_server.registry.trusted_keys import add_trusted_key, revoke_trusted_key


class NewTrustedKey(serializers.Serializer[TrustedKey]):
    principal = serializers.CharField()
    key = serializers.CharField(trim_whitespace=False)
    not_after = serializers.DateTimeField(required=False, allow_null=True)


class TrustedKeyFilters(Filters):
    searched = ("principal", "fingerprint")

    principal = any_text()
    fingerprint = any_text()

    Meta = meta(TrustedKey)


class TrustedKeyView(ApiView):
    model = TrustedKey
    queryset = TrustedKey.objects.select_related("added_by")


class TrustedKeyList(TrustedKeyView):
    filterset_class = TrustedKeyFilters

    @extend_schema(responses={200: page_of(TrustedKeyShape)})
    def get(self, _request: Request) -> Response:
        """List trusted keys, revoked ones too."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        links = self.links
        return self.get_paginated_response([describe_trusted_key(row, links) for row in page or ()])

    @extend_schema(request=NewTrustedKey, responses={201: shape(TrustedKeyShape)})
    def post(self, request: Request) -> Response:
        """Accept signatures by a key from now on."""
        fields = NewTrustedKey(data=request.data)
        fields.is_valid(raise_exception=True)
        values = fields.validated_data
        row = add_trusted_key(
            values["principal"], values["key"], self.user, not_after=values.get("not_after")
        )
        return Response(describe_trusted_key(row, self.links), status=status.HTTP_201_CREATED)


class TrustedKeyDetail(TrustedKeyView):
    @extend_schema(responses={200: shape(TrustedKeyShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show a trusted key."""
        return Response(describe_trusted_key(self.get_object(), self.links))


class TrustedKeyRevocation(TrustedKeyView):
    actions: ClassVar = {"POST": "change"}

    @extend_schema(request=None, responses={200: shape(TrustedKeyShape)})
    def post(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """No signature by this key counts any more, whenever it was made."""
        row: TrustedKey = self.get_object()
        revoke_trusted_key(row, self.user)
        row.refresh_from_db()
        return Response(describe_trusted_key(row, self.links))


def describe_trusted_key(row: TrustedKey, links: Links) -> TrustedKeyShape:
    return {
        "id": row.pk,
        "url": f"{links.root}extras/trusted-keys/{row.pk}/",
        "display": str(row),
        "principal": row.principal,
        "kind": row.kind,
        "fingerprint": row.fingerprint,
        "not_after": row.not_after,
        "revoked_at": row.revoked_at,
        "added_by": row.added_by.username if row.added_by else None,
        "created": row.created,
    }
