"""
API tokens: 40 hex digits, shown once; only a keyed digest of them is stored.

The key of the digest is in the data folder, so a dump of the database alone lets nobody in. The digest is
what is looked up, so there is no comparison whose time could tell anything.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from jobyard_server.access.accounts import CLI_USER
from jobyard_server.access.errors import ReservedAccount, TokenRefused
from jobyard_server.access.keys import derived_keys
from jobyard_server.access.models import Token, User

PEPPER = "token-pepper"
HINT_LENGTH = 6  #: Hex digits shown to tell tokens apart; 136 bits stay secret.
LAST_USED_STEP = timedelta(minutes=1)
_KEY = re.compile(r"[0-9a-fA-F]{40}")


@dataclass(frozen=True, kw_only=True)
class NewToken:
    """A token that was just made."""

    token: Token
    key: str = field(repr=False)  #: What the client sends; cannot be had again.


def create_token(
    user: User,
    *,
    key: str | None = None,
    description: str = "",
    write_enabled: bool = True,
    expires: datetime | None = None,
) -> NewToken:
    """
    A token of *user*.

    Args:
        user: Owner; the token may do what they may do.
        key: A key that clients have already, any 40 hex digits; a new one is made without it.
        description: What it is for.
        write_enabled: False makes a token that can read only.
        expires: End of its life; None for none.

    Raises:
        TokenRefused: *key* is not 40 hex digits, or is a token already.
        ReservedAccount: *user* is the account of the command line.
    """
    if user.username == CLI_USER:
        raise ReservedAccount(f'The account "{CLI_USER}" is for the command line and has no tokens.')
    key = secrets.token_hex(20) if key is None else _checked(key)
    token = Token(
        user=user,
        digest=token_digests(key)[0],
        hint=key[:HINT_LENGTH],
        description=description,
        write_enabled=write_enabled,
        expires=expires,
    )
    try:
        with transaction.atomic():
            token.save(force_insert=True)
    except IntegrityError:
        raise TokenRefused("This key is a token already; use another one.") from None
    return NewToken(token=token, key=key)


def find_token(key: str) -> Token | None:
    """
    The token with this key, and its user, whatever their state; one query, none for what is no key.

    A disabled token is as unknown as one that never was.
    """
    if not _KEY.fullmatch(key):
        return None
    return Token.objects.select_related("user").filter(digest__in=token_digests(key), enabled=True).first()


def note_use(token: Token) -> None:
    """Remember that *token* is used now; at most one write a minute, which nobody waits for."""
    before = timezone.now() - LAST_USED_STEP
    if token.last_used is not None and token.last_used > before:
        return
    stale = Token.objects.filter(Q(last_used__isnull=True) | Q(last_used__lte=before), pk=token.pk)
    with transaction.atomic(), connection.cursor() as cursor:
        # This commit need not reach the disk: losing it in a crash loses a minute of "last used".
        cursor.execute("SET LOCAL synchronous_commit TO off")
        stale.update(last_used=timezone.now())


def token_digests(key: str) -> list[str]:
    """What is stored for *key*: with the newest pepper first, then what older ones made of it."""
    peppers = derived_keys(settings.DATA_DIR, PEPPER)
    return [hmac.new(pepper, key.encode(), hashlib.sha256).hexdigest() for pepper in peppers]


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise TokenRefused(f"An API token is 40 hexadecimal digits; the one given has {len(key)} characters.")
    return key
