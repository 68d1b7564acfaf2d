"""Groups as an identity provider tells them: whoever logs in is in those of ours that have these names."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group

from jobyard_server.access.audit import CHANGED, record
from jobyard_server.access.models import User

PARTS = ("userinfo", "id_token")  #: Where the claims of OpenID Connect are.


def follow_groups(user: User, told: dict[str, Any]) -> None:
    """
    Make the groups of *user*, and whether they are a superuser, what was *told*.

    Nothing changes unless ``SSO_GROUPS_CLAIM`` is set. Groups that are told but not there are not made: which
    groups exist, and what they may do, is decided here.
    """
    claim: str | None = settings.JOBYARD["SSO_GROUPS_CLAIM"]
    if claim:
        follow_names(user, _names(told, claim))


def follow_names(user: User, names: set[str]) -> None:
    """Make the groups of *user* those of ours that have one of *names*; the same with superusers."""
    groups = set(Group.objects.filter(name__in=names))
    before = set(user.groups.all())
    admin = settings.JOBYARD["SSO_ADMIN_GROUP"]
    is_superuser = admin in names if admin else user.is_superuser
    if groups == before and is_superuser == user.is_superuser:
        return
    user.groups.set(groups)
    user.is_superuser = user.is_staff = is_superuser
    user.save(update_fields=["is_superuser", "is_staff"])
    told_names = sorted(group.name for group in groups)
    record(CHANGED, user=user, target=user, groups=told_names, is_superuser=is_superuser)


def _names(told: dict[str, Any], claim: str) -> set[str]:
    places = [told, *(told[part] for part in PARTS if isinstance(told.get(part), dict))]
    value: Any = next((place[claim] for place in places if claim in place), [])
    listed = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return {name for name in listed if isinstance(name, str)}
