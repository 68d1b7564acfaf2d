"""Rights for the people of the tests, as an administrator gives them."""

from __future__ import annotations

import itertools
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType

from jobyard_server.access.models import ObjectPermission, User

_NUMBERS = itertools.count(1)
#: Whose word after the action is not the model of exactly one app.
_APPS = {"user": "users", "token": "users", "group": "auth"}


def grant(to: User | Group, *codenames: str, constraints: Any = None, app: str = "") -> None:
    """``grant(bob, "view_job", "run_job")``: each for all rows, or for those that *constraints* leave."""
    actions: dict[str, list[str]] = {}
    for codename in codenames:
        action, _, model = codename.rpartition("_")
        actions.setdefault(model, []).append(action)
    for model, names in actions.items():
        permission = ObjectPermission.objects.create(
            name=f"{model}: {', '.join(names)} {next(_NUMBERS)}", actions=names, constraints=constraints
        )
        permission.object_types.add(_kind(model, app or _APPS.get(model, "")))
        (permission.groups if isinstance(to, Group) else permission.users).add(to)
    if isinstance(to, User):
        to.__dict__.pop("_object_permissions", None)


def _kind(model: str, app: str) -> ContentType:
    if app:
        return ContentType.objects.get_by_natural_key(app, model)
    return ContentType.objects.get(model=model)
