"""``/api/users/{users,groups,permissions}/``."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db.models import Count

from jobyard_server.access.editing import save_group, save_permission, save_user
from jobyard_server.access.models import ObjectPermission, User
from jobyard_server.api.accounts.describe import describe_group, describe_permission, describe_user
from jobyard_server.api.accounts.fields import GroupFields, PermissionFields, UserFields
from jobyard_server.api.accounts.filters import GroupFilters, PermissionFilters, UserFilters
from jobyard_server.api.accounts.rows import AccountDetail, AccountList, Resource
from jobyard_server.api.accounts.shapes import AccountShape, GroupShape, PermissionShape

USERS = Resource(
    rows=User.objects.prefetch_related("groups").order_by("username"),
    describe=describe_user,
    shown=AccountShape,
    fields=UserFields,
    store=save_user,
)
GROUPS = Resource(
    rows=Group.objects.annotate(user_count=Count("user")).order_by("name"),
    describe=describe_group,
    shown=GroupShape,
    fields=GroupFields,
    store=save_group,
    key=int,
)
PERMISSIONS = Resource(
    rows=ObjectPermission.objects.prefetch_related("object_types", "users", "groups").order_by("name"),
    describe=describe_permission,
    shown=PermissionShape,
    fields=PermissionFields,
    store=save_permission,
)


class UserList(AccountList):
    model, resource, queryset = User, USERS, USERS.rows
    filterset_class = UserFilters
    ordering_fields = ("username", "email", "date_joined", "last_login")


class UserDetail(AccountDetail):
    model, resource, queryset = User, USERS, USERS.rows


class GroupList(AccountList):
    model, resource, queryset = Group, GROUPS, GROUPS.rows
    filterset_class = GroupFilters
    ordering_fields = ("name",)


class GroupDetail(AccountDetail):
    model, resource, queryset = Group, GROUPS, GROUPS.rows


class PermissionList(AccountList):
    model, resource, queryset = ObjectPermission, PERMISSIONS, PERMISSIONS.rows
    filterset_class = PermissionFilters
    ordering_fields = ("name",)


class PermissionDetail(AccountDetail):
    model, resource, queryset = ObjectPermission, PERMISSIONS, PERMISSIONS.rows
