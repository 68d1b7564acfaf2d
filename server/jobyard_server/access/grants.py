"""What one account was granted, itself and through its groups: one query, remembered in the user object."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from jobyard_server.access.models import ObjectPermission, User

Constraints = list[dict[str, Any]] | None  #: Any of these must match; None: no limit.
Grants = Mapping[tuple[str, str], list[Constraints]]  #: By type of object (``extras.job``) and action.

_REMEMBERED = "_object_permissions"


def grants_of(user: User) -> Grants:
    """
    The enabled permissions of *user*.

    They are read once for each user object, that is for each request; what looks on for longer, such as a
    live stream, asks with a fresh object from time to time.
    """
    held: Grants | None = getattr(user, _REMEMBERED, None)
    if held is None:
        held = _read(user)
        setattr(user, _REMEMBERED, held)
    return held


def _read(user: User) -> Grants:
    mine = Q(users=user.pk) | Q(groups__user=user.pk)
    keys = ObjectPermission.objects.filter(mine, enabled=True).values("pk")
    rows = ObjectPermission.objects.filter(pk__in=keys).order_by()
    found: defaultdict[tuple[str, str], list[Constraints]] = defaultdict(list)
    named = ("object_types__app_label", "object_types__model", "actions", "constraints")
    for app_label, model, actions, constraints in rows.values_list(*named):
        for action in actions:
            found[f"{app_label}.{model}", action].append(alternatives(constraints))
    return dict(found)


def alternatives(constraints: Any) -> Constraints:
    """A single object and a list of objects in one form; an empty object limits nothing."""
    if constraints is None:
        return None
    listed = constraints if isinstance(constraints, list) else [constraints]
    return None if not listed or any(not each for each in listed) else listed
