"""From rows of accounts and rights to what the API answers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group

from jobyard_server.access.models import AuditEvent, ObjectPermission, Token, User
from jobyard_server.api.accounts.shapes import (
    AccountShape,
    AuditShape,
    GroupReference,
    GroupShape,
    PermissionShape,
    TokenShape,
)
from jobyard_server.api.job_results.shapes import UserShape
from jobyard_server.api.links import Links


def describe_user(user: Any, links: Links) -> AccountShape:
    """Needs the account's ``has_second_factor``."""
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
        "last_login": user.last_login,
        "groups": [refer_to_group(group, links) for group in user.groups.all()],
        "second_factor": user.has_second_factor,
    }


def refer_to_user(user: User, links: Links) -> UserShape:
    name = user.get_username()
    return {"id": user.pk, "url": links.user(user.pk), "username": name, "display": name}


def refer_to_group(group: Group, links: Links) -> GroupReference:
    url = links.account("groups", group.pk)
    return {"id": group.pk, "url": url, "display": group.name, "name": group.name}


def describe_group(group: Any, links: Links) -> GroupShape:
    """Needs the group's ``user_count``."""
    return {**refer_to_group(group, links), "user_count": group.user_count}


def describe_permission(permission: ObjectPermission, links: Links) -> PermissionShape:
    types = sorted(f"{kind.app_label}.{kind.model}" for kind in permission.object_types.all())
    return {
        "id": permission.pk,
        "url": links.account("permissions", permission.pk),
        "display": permission.name,
        "name": permission.name,
        "description": permission.description,
        "enabled": permission.enabled,
        "object_types": types,
        "groups": [refer_to_group(group, links) for group in permission.groups.all()],
        "users": [refer_to_user(user, links) for user in permission.users.all()],
        "actions": permission.actions,
        "constraints": permission.constraints,
    }


def describe_token(token: Token, links: Links) -> TokenShape:
    return {
        "id": token.pk,
        "url": links.account("tokens", token.pk),
        "display": f"{token.hint}…",
        "user": refer_to_user(token.user, links),
        "created": token.created,
        "expires": token.expires,
        "last_used": token.last_used,
        "enabled": token.enabled,
        "write_enabled": token.write_enabled,
        "allowed_networks": token.allowed_networks,
        "description": token.description,
        "hint": token.hint,
    }


def describe_event(event: AuditEvent, links: Links) -> AuditShape:
    return {
        "id": event.pk,
        "url": links.account("audit-events", event.pk),
        "display": str(event),
        "created": event.created,
        "action": event.action,
        "user_id": event.user_id,
        "username": event.username,
        "address": event.address,
        "via": event.via,
        "token_hint": event.token_hint,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "object_repr": event.object_repr,
        "details": event.details,
    }
