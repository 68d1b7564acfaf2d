"""
The rows that somebody may work on. Every page of the inventory gets its rows from here.

No grant at all is a 403 that names it; a row out of reach is a plain 404.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Model, QuerySet
from django.http import Http404

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.ui.permitted import require


def rows_for(user: User, action: str, model: type[Model]) -> QuerySet[Any]:
    """
    The rows of *model* with which *user* may do *action*.

    Raises:
        PermissionDenied: Not with any.
    """
    require(user, action, model)
    return restrict(model._default_manager.all(), user, action)


def row_for(user: User, action: str, model: type[Model], pk: uuid.UUID) -> Any:
    """
    The row of *model* with the key *pk*.

    Raises:
        PermissionDenied: *user* may not do *action* with any.
        Http404: There is no such row, or it is out of reach.
    """
    row = rows_for(user, action, model).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def actions_of(user: User, model: type[Model]) -> dict[str, bool]:
    """What *user* may do with some rows of *model*: for the buttons of pages."""
    return {f"may_{action}": may(user, action, model) for action in ("view", "add", "change", "delete")}
