"""Who calls: a token in the header, or the cookie of somebody who logged in to the pages."""

from __future__ import annotations

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from jobyard_server.access.attempts import count_failure, is_blocked, token_limits
from jobyard_server.access.audit import TOKEN_REFUSED, record
from jobyard_server.access.models import Token, User
from jobyard_server.access.origin import current_origin
from jobyard_server.access.tokens import find_token, note_use, why_refused
from jobyard_server.api.rate import take_turn

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
        current_origin().token_hint = token.hint
        if not token.write_enabled and request.method not in SAFE_METHODS:
            raise PermissionDenied
        take_turn(token)
        note_use(token)
        return token.user, token


def _valid_token(key: str) -> Token:
    """
    The token with this *key*, if it may be used now and from here.

    What is wrong with a token is said only to who has it; who has not learns that it is invalid.
    """
    token = find_token(key)
    if token is None:
        raise _refusal_of_unknown()
    if reason := why_refused(token, current_origin().address):
        raise AuthenticationFailed(reason)
    return token


def _refusal_of_unknown() -> Exception:
    """Whoever tries many tokens is told to stop, and fills no log; valid ones from there go on working."""
    limits = token_limits(current_origin().address)
    if is_blocked(limits):
        return Throttled(detail="Too many invalid tokens from this address; try again later.")
    count_failure(limits)
    record(TOKEN_REFUSED)
    return AuthenticationFailed("Invalid token")
