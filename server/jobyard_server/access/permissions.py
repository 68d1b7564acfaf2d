"""
Who may do what: the only place that decides.

Superusers may do everything; others need an object permission, their own or a group's. Accounts that are
not active may do nothing. A question about a user costs one query for all of their permissions, which the
user object then remembers; a question about a row one more, where the permission has constraints.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet

from jobyard_server.access.constraints import crosses_many, matching
from jobyard_server.access.grants import Constraints, grants_of
from jobyard_server.access.models import User

M = TypeVar("M", bound=Model)
Who = User | AnonymousUser | None

OUTSIDE: Final = "Your permission does not cover the object as it would be then."

#: Action to those that include it: whoever may change a repository may sync it and choose its revision.
INCLUDED_IN: Final = {"sync": ("change",), "rollback": ("change",)}

#: Rows that have no permission of their own: they are seen by whoever sees the row that they belong to.
BELONGS_TO: Final = {
    "extras.joblogentry": ("job_result", "extras.jobresult"),
    "extras.outputfile": ("job_result", "extras.jobresult"),
}


def may(user: Who, action: str, target: Model | type[Model]) -> bool:
    """
    Whether *user* may do *action* with *target*, a row or (any row of) a model.

    Args:
        user: Nobody and anonymous callers may do nothing.
        action: ``view``, ``add``, ``change``, ``delete``, ``run``, ``approve``, ``sync``, ``rollback``, …
        target: A row, or a model to ask whether there is any grant of this kind at all.
    """
    if user is None or not user.is_active:
        return False
    if user.is_superuser:
        return True
    model = target if isinstance(target, type) else type(target)
    if (owner := BELONGS_TO.get(model._meta.label_lower)) and action == "view":
        return _may_view_owner(user, target, *owner)
    found = _grants(user, action, model)
    if isinstance(target, type) or not found or None in found:
        return bool(found)
    return restrict(model._default_manager.filter(pk=target.pk), user, action).exists()


def restrict(rows: QuerySet[M], user: Who, action: str) -> QuerySet[M]:
    """The part of *rows* with which *user* may do *action*."""
    if user is None or not user.is_active:
        return rows.none()
    if user.is_superuser:
        return rows
    if (owner := BELONGS_TO.get(rows.model._meta.label_lower)) and action == "view":
        path, label = owner
        owners = restrict(apps.get_model(label)._default_manager.all(), user, action)
        return rows.filter(**{f"{path}__in": owners.order_by().values("pk")})
    found = _grants(user, action, rows.model)
    return rows if None in found else _limited(rows, found, user)


def may_all(user: Who, action: str, model: type[Model]) -> bool:
    """Whether *user* may do *action* with every row of *model*, those to come included."""
    if user is None or not user.is_active:
        return False
    return user.is_superuser or None in _grants(user, action, model)


def require_covered(user: Who, action: str, row: Model) -> None:
    """
    Refuse a change of *row* that took it out of what *user* may do *action* with; call it after the change.

    Raises:
        PermissionDenied: The transaction around must be rolled back.
    """
    if not may(user, action, row):
        raise PermissionDenied(OUTSIDE)


def permission_name(action: str, target: Model | type[Model]) -> str:
    """``extras.run_job`` for ``run`` and a job."""
    meta = target._meta  # Django's documented interface, underscore notwithstanding
    return f"{meta.app_label}.{action}_{meta.model_name}"


def _grants(user: User | AnonymousUser, action: str, model: type[Model]) -> list[Constraints]:
    """What limits each permission that gives *action*; None among them means that one has no limit."""
    if isinstance(user, AnonymousUser):
        return []
    held = grants_of(user)
    label = model._meta.label_lower
    return [limit for word in (action, *INCLUDED_IN.get(action, ())) for limit in held.get((label, word), ())]


def _limited(rows: QuerySet[M], found: list[Constraints], user: Any) -> QuerySet[M]:
    if not found:
        return rows.none()
    condition = Q()
    for limit in found:
        condition |= matching(limit, user)
    if crosses_many(rows.model, condition):  # a join would give a row as often as it has related ones
        return rows.filter(pk__in=rows.model._default_manager.filter(condition).order_by().values("pk"))
    return rows.filter(condition)


def _may_view_owner(user: User, target: Any, path: str, label: str) -> bool:
    return may(user, "view", apps.get_model(label) if isinstance(target, type) else getattr(target, path))
