"""What accounts, groups, permissions, tokens and audit events look like in the API."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from jobyard_server.api.job_results.shapes import UserShape


class GroupReference(TypedDict):
    """A group that something refers to."""

    id: int
    url: str
    display: str
    name: str


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
    last_login: datetime | None
    groups: list[GroupReference]
    second_factor: bool


class GroupShape(GroupReference):
    """A group."""

    user_count: int


class PermissionShape(TypedDict):
    """An object permission."""

    id: uuid.UUID
    url: str
    display: str
    name: str
    description: str
    enabled: bool
    object_types: list[str]  #: ``dcim.site``
    groups: list[GroupReference]
    users: list[UserShape]
    actions: list[str]
    constraints: dict[str, Any] | list[dict[str, Any]] | None


class TokenShape(TypedDict):
    """An API token; its key only in the answer that made it."""

    id: uuid.UUID
    url: str
    display: str
    user: UserShape | None
    created: datetime
    expires: datetime | None
    last_used: datetime | None
    enabled: bool
    write_enabled: bool
    allowed_networks: list[str]
    description: str
    hint: str  #: The first characters of the key.
    key: NotRequired[str]


class AuditShape(TypedDict):
    """Something that somebody did or was refused."""

    id: int
    url: str
    display: str
    created: datetime
    action: str
    user_id: uuid.UUID | None
    username: str
    address: str | None
    via: str
    token_hint: str
    object_type: str
    object_id: str
    object_repr: str
    details: dict[str, Any]
