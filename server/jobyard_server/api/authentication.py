"""Who calls: a token in the header, or the cookie of somebody who logged in to the pages."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from jobyard_server.access.models import Token, User
from jobyard_server.access.tokens import find_token, note_use

SCHEME = "token"


class TokenAuthentication(BaseAuthentication):
    """
    ``Authorization: Token <key>``; one query.

    A token that may only read is refused here, before any view has a say, so that no endpoint can
    forget it. There is no ``WWW-Authenticate`` challenge: clients compare the status 403.
    """

    def authenticate(self, request: Request) -> tuple[User, Token] | None:
        scheme, _, key = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
        if scheme.lower() != SCHEME:
            return None
        token = _valid_token(key.strip())
        if not token.write_enabled and request.method not in SAFE_METHODS:
            raise PermissionDenied
        note_use(token)
        return token.user, token


def _valid_token(key: str) -> Token:
    token = find_token(key)
    if token is None:
        raise AuthenticationFailed("Invalid token")
    if token.is_expired:
        raise AuthenticationFailed("Token expired")
    if not token.user.is_active:
        raise AuthenticationFailed("User inactive")
    return token
