"""Tokens as people make, change and remove them: their own, and with a permission those of others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from jobyard_server.access.audit import CHANGED, record
from jobyard_server.access.errors import AccountErrors, TokenRefused
from jobyard_server.access.models import Token, User
from jobyard_server.access.permissions import may, restrict
from jobyard_server.access.tokens import NewToken, create_token, networks

CHANGEABLE: Final = ("description", "enabled", "write_enabled", "expires", "allowed_networks")
NOT_YOURS: Final = "You may not make or change tokens for this account."


def visible_tokens(user: User, action: str) -> QuerySet[Token]:
    """The tokens with which *user* may do *action*: their own, and what permissions give."""
    others = restrict(Token.objects.all(), user, action).order_by().values("pk")
    return Token.objects.filter(Q(user=user.pk) | Q(pk__in=others))


def make_token(owner: User, values: Mapping[str, Any], *, by: User) -> NewToken:
    """
    A token of *owner*.

    Raises:
        PermissionDenied: *by* may not make tokens for *owner*; nobody gets more rights by a token.
        AccountErrors: A value is refused.
    """
    if owner != by and (not may(by, "add", Token) or (owner.is_superuser and not by.is_superuser)):
        raise PermissionDenied(NOT_YOURS)
    options = {name: value for name, value in values.items() if name in CHANGEABLE and name != "enabled"}
    try:
        return create_token(owner, **options, by=by)
    except TokenRefused as exc:
        raise _by_field(exc, options) from exc


def change_token(token: Token, values: Mapping[str, Any], *, by: User) -> Token:
    """
    Change what may be changed of *token*; owner and key never are.

    Raises:
        AccountErrors: A network is none.
        PermissionDenied: It is a superuser's, and *by* is none.
    """
    if token.user != by and token.user.is_superuser and not by.is_superuser:
        raise PermissionDenied(NOT_YOURS)
    given = {name: value for name, value in values.items() if name in CHANGEABLE}
    try:
        if "allowed_networks" in given:
            given["allowed_networks"] = networks(given["allowed_networks"])
    except TokenRefused as exc:
        raise AccountErrors({"allowed_networks": [str(exc)]}) from exc
    for name, value in given.items():
        setattr(token, name, value)
    with transaction.atomic():
        token.save(update_fields=list(given))
        record(CHANGED, user=by, target=token, fields=sorted(given))
    return token


def _by_field(exc: TokenRefused, options: Mapping[str, Any]) -> AccountErrors:
    name = "allowed_networks" if "network" in str(exc) else "expires" if options.get("expires") else "key"
    return AccountErrors({name: [str(exc)]})
