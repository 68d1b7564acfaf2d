"""
Who may do what: the only place that decides.

Superusers may do everything; others need the permission ``<app label>.<action>_<model>`` themselves or
through a group. Accounts that are not active may do nothing.
"""

from __future__ import annotations

from typing import TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, QuerySet

from jobyard_server.access.models import User

M = TypeVar("M", bound=Model)


def may(user: User | AnonymousUser | None, action: str, target: Model | type[Model]) -> bool:
    """
    Whether *user* may do *action* with *target*, a row or (any row of) a model.

    Args:
        user: Nobody and anonymous callers may do nothing.
        action: ``view``, ``add``, ``change``, ``delete``, ``run``, ``approve``, …
        target: A row, or a model to ask whether there is any grant of this kind at all.

    Cost: no query for superusers; otherwise two for the first question about a user object, then none.
    """
    if user is None or not user.is_active:
        return False
    return bool(user.has_perm(permission_name(action, target)))


def restrict(rows: QuerySet[M], user: User | AnonymousUser | None, action: str) -> QuerySet[M]:
    """The part of *rows* with which *user* may do *action*."""
    return rows if may(user, action, rows.model) else rows.none()


def permission_name(action: str, target: Model | type[Model]) -> str:
    """``extras.run_job`` for ``run`` and a job."""
    meta = target._meta  # Django's documented interface, underscore notwithstanding
    return f"{meta.app_label}.{action}_{meta.model_name}"
