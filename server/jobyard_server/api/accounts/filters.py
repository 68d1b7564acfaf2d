"""Filters of accounts and rights; nothing about passwords and keys can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.db.models import QuerySet

from jobyard_server.access.models import AuditEvent, ObjectPermission, Token, User
from jobyard_server.access.people import groups_for, users_for
from jobyard_server.api.filters import AnyOf, Filters, any_id, any_text, flag, meta, moment

MOST_ID = 2**63 - 1


def any_number(column: str | None = None) -> AnyOf:
    return AnyOf(forms.IntegerField(min_value=0, max_value=MOST_ID), column)


class Among(AnyOf):
    """Rows with a user or group that the caller may view; hidden ones are as good as none."""

    def __init__(
        self, item: forms.Field, column: str, relation: str, seen_by: Callable[[User], QuerySet[Any]]
    ) -> None:
        super().__init__(item, f"{relation}__{column}")
        self._column, self._relation, self._seen_by = column, relation, seen_by

    def filter(self, qs: QuerySet[Any], value: list[Any]) -> QuerySet[Any]:
        if not value:
            return qs
        seen = self._seen_by(self.parent.request.user).order_by()
        named = seen.filter(**{f"{self._column}__in": value}).values("pk")
        found = qs.model._default_manager.filter(**{f"{self._relation}__in": named}).order_by()
        return qs.filter(pk__in=found.values("pk"))


def of_group_named() -> AnyOf:
    return Among(forms.CharField(required=False, strip=False), "name", "groups", groups_for)


def of_group() -> AnyOf:
    return Among(forms.IntegerField(min_value=0, max_value=MOST_ID), "id", "groups", groups_for)


class UserFilters(Filters):
    searched = ("username", "first_name", "last_name", "email")

    username = any_text()
    email = any_text()
    is_active = flag()
    is_staff = flag()
    is_superuser = flag()
    group = of_group_named()
    group_id = of_group()

    Meta = meta(User)


class GroupFilters(Filters):
    id = any_number()
    name = any_text()

    Meta = meta(Group)


class PermissionFilters(Filters):
    searched = ("name", "description")

    name = any_text()
    enabled = flag()
    user = Among(forms.CharField(required=False, strip=False), "username", "users", users_for)
    user_id = Among(forms.UUIDField(), "id", "users", users_for)
    group = of_group_named()
    group_id = of_group()

    Meta = meta(ObjectPermission)


class TokenFilters(Filters):
    searched = ("description",)

    user = any_text("user__username")
    user_id = any_id("user_id")
    enabled = flag()
    write_enabled = flag()

    Meta = meta(Token)


class AuditFilters(Filters):
    searched = ("object_repr", "username")

    id = any_number()
    action = any_text()
    username = any_text()
    user_id = any_id()
    address = any_text()
    via = any_text()
    object_type = any_text()
    object_id = any_text()
    created__gte = moment("created", "gte")
    created__lte = moment("created", "lte")

    Meta = meta(AuditEvent)
