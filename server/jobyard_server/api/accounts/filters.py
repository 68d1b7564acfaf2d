"""Filters of accounts and rights; nothing about passwords and keys can be asked for."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import Group

from jobyard_server.access.models import AuditEvent, ObjectPermission, Token, User
from jobyard_server.api.filters import AnyOf, Filters, any_id, any_text, flag, meta, moment

MOST_ID = 2**63 - 1


def any_number(column: str | None = None) -> AnyOf:
    return AnyOf(forms.IntegerField(min_value=0, max_value=MOST_ID), column)


class UserFilters(Filters):
    searched = ("username", "first_name", "last_name", "email")

    username = any_text()
    email = any_text()
    is_active = flag()
    is_staff = flag()
    is_superuser = flag()
    group = any_text("groups__name")
    group_id = any_number("groups__id")

    Meta = meta(User)


class GroupFilters(Filters):
    id = any_number()
    name = any_text()

    Meta = meta(Group)


class PermissionFilters(Filters):
    searched = ("name", "description")

    name = any_text()
    enabled = flag()
    user = any_text("users__username")
    user_id = any_id("users__id")
    group = any_text("groups__name")
    group_id = any_number("groups__id")

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
