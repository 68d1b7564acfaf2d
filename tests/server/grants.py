"""Rights for the people of the tests, as an administrator gives them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType

from jobyard_server.access.models import ObjectPermission, User

#: Whose word after the action is not the model of exactly one app.
_APPS = {"user": "users", "token": "users", "group": "auth"}


def grant(to: User | Group, *codenames: str, constraints: Any = None, app: str = "") -> None:
    """``grant(bob, "view_job", "run_job")``: each for all rows, or for those that *constraints* leave."""
    for codename in codenames:
        action, _, model = codename.rpartition("_")
        kinds = ContentType.objects.filter(model=model)
        wanted = app or _APPS.get(model, "")
        kind = kinds.get(app_label=wanted) if wanted else kinds.get()
        permission = ObjectPermission.objects.create(
            name=f"{codename} {ObjectPermission.objects.count()}", actions=[action], constraints=constraints
        )
        permission.object_types.add(kind)
        (permission.groups if isinstance(to, Group) else permission.users).add(to)
    if isinstance(to, User):
        to.__dict__.pop("_object_permissions", None)
