"""Refusals of pages: no grant at all is a 403 that names it, an object out of reach is a plain 404."""

from __future__ import annotations

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, restrict

Row = TypeVar("Row", bound=Model)


def require(user: User, action: str, model: type[Model]) -> None:
    """
    Let only users pass who hold *action* on *model* at all.

    Raises:
        PermissionDenied: With a sentence for the page.
    """
    if not may(user, action, model):
        raise PermissionDenied(_sentence(action, model))


def require_on(user: User, action: str, row: Model) -> None:
    """
    Let only users pass who hold *action* on this *row*, which they may see.

    Raises:
        PermissionDenied: With a sentence for the page.
    """
    if not may(user, action, row):
        raise PermissionDenied(_sentence(action, type(row)))


def visible_or_404(queryset: QuerySet[Row], user: User, **lookup: object) -> Row:
    """
    The one row of *lookup* that *user* may view.

    Raises:
        Http404: There is none, or it is out of reach; the answer does not tell which.
    """
    row = restrict(queryset, user, "view").filter(**lookup).first()
    if row is None:
        raise Http404
    return row


def _sentence(action: str, model: type[Model]) -> str:
    meta = model._meta
    return (
        f"You may not {action} {meta.verbose_name_plural}. "
        f"An administrator can give you the permission {meta.app_label}.{action}_{meta.model_name}."
    )
