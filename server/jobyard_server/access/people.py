"""Users and groups that stand in other rows, as far as a reader may see them: no list tells hidden names."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.auth.models import Group
from django.db.models import Count, Exists, Model, OuterRef, Prefetch, Q, QuerySet

from jobyard_server.access.models import SecondFactor, User
from jobyard_server.access.permissions import restrict

M = TypeVar("M", bound=Model)


def users_for(reader: User) -> QuerySet[User]:
    return restrict(User.objects.order_by("username"), reader, "view")


def groups_for(reader: User) -> QuerySet[Group]:
    return restrict(Group.objects.order_by("name"), reader, "view")


def with_groups(rows: QuerySet[M], reader: User) -> QuerySet[M]:
    """*rows* with the ``groups`` that *reader* may view; to show, never to change what is stored."""
    return rows.prefetch_related(Prefetch("groups", groups_for(reader)))


def as_listed(rows: QuerySet[User], reader: User) -> QuerySet[User]:
    """Accounts with their groups, and whether they have a second factor: ``has_second_factor``."""
    found = Exists(SecondFactor.objects.filter(user=OuterRef("pk")))
    return with_groups(rows, reader).annotate(has_second_factor=found)


def with_holders(rows: QuerySet[M], reader: User) -> QuerySet[M]:
    """Permissions with their types, and with the users and groups that *reader* may view; likewise."""
    return with_groups(rows, reader).prefetch_related("object_types", Prefetch("users", users_for(reader)))


def with_user_count(rows: QuerySet[Any], reader: User) -> QuerySet[Any]:
    """Groups with their ``user_count``: of the members that *reader* may view."""
    seen = Q() if reader.is_superuser else Q(user__in=users_for(reader).order_by().values("pk"))
    counted: QuerySet[Any] = rows.annotate(user_count=Count("user", filter=seen, distinct=True))
    return counted
