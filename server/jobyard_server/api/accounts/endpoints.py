"""``/api/users/{users,groups,permissions}/``."""

from __future__ import annotations

from django.contrib.auth.models import Group

from jobyard_server.access.editing import save_group, save_permission, save_user
from jobyard_server.access.models import ObjectPermission, User
from jobyard_server.access.people import as_listed, with_holders, with_user_count
from jobyard_server.api.accounts.describe import describe_group, describe_permission, describe_user
from jobyard_server.api.accounts.fields import GroupFields, PermissionFields, UserFields
from jobyard_server.api.accounts.filters import GroupFilters, PermissionFilters, UserFilters
from jobyard_server.api.accounts.rows import AccountDetail, AccountList, Resource
from jobyard_server.api.accounts.shapes import AccountShape, GroupShape, PermissionShape

USERS = Resource(
    rows=User.objects.order_by("username"),
    shown_to=as_listed,
    describe=describe_user,
    shown=AccountShape,
    fields=UserFields,
    store=save_user,
)
GROUPS = Resource(
    rows=Group.objects.order_by("name"),
    shown_to=with_user_count,
    describe=describe_group,
    shown=GroupShape,
    fields=GroupFields,
    store=save_group,
    key=int,
)
PERMISSIONS = Resource(
    rows=ObjectPermission.objects.order_by("name"),
    shown_to=with_holders,
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
