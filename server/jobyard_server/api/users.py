"""``/api/users/users/``: who has an account."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypedDict, cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.models import User
from jobyard_server.api.filters import Filters, any_text, flag, meta
from jobyard_server.api.links import Links
from jobyard_server.api.schema import page_of, shape
from jobyard_server.api.views import ApiView


class AccountShape(TypedDict):
    """An account; nothing that helps to log in with it."""

    id: uuid.UUID
    url: str
    display: str
    username: str
    first_name: str
    last_name: str
    email: str
    is_active: bool
    is_staff: bool
    is_superuser: bool
    date_joined: datetime


class UserFilters(Filters):
    searched = ("username", "first_name", "last_name")

    username = any_text()
    is_active = flag()

    Meta = meta(User)


class UserList(ApiView):
    model = User
    queryset = User.objects.order_by("username")
    filterset_class = UserFilters

    @extend_schema(responses={200: page_of(AccountShape)})
    def get(self, _request: Request) -> Response:
        """List accounts."""
        page = cast(list[User], self.paginate_queryset(self.filter_queryset(self.get_queryset())))
        links = self.links
        return self.get_paginated_response([describe_user(user, links) for user in page])


class UserDetail(ApiView):
    model = User
    queryset = User.objects.all()

    @extend_schema(responses={200: shape(AccountShape)})
    def get(self, _request: Request, pk: uuid.UUID) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """Show an account."""
        return Response(describe_user(self.get_object(), self.links))


def describe_user(user: User, links: Links) -> AccountShape:
    return {
        "id": user.pk,
        "url": links.user(user.pk),
        "display": user.get_username(),
        "username": user.get_username(),
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "date_joined": user.date_joined,
    }
