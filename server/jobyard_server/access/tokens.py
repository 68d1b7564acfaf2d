"""
API tokens: 40 hex digits, shown once; only a keyed digest of them is stored.

The key of the digest is in the data folder, so a dump of the database alone lets nobody in. The digest is
what is looked up, so there is no comparison whose time could tell anything.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from jobyard_server.access.account_rules import cli_name
from jobyard_server.access.audit import CREATED, record
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
    allowed_networks: Iterable[str] = (),
    by: User | None = None,
) -> NewToken:
    """
    A token of *user*.

    Args:
        user: Owner; the token may do what they may do.
        key: A key that clients have already, any 40 hex digits; a new one is made without it.
        description: What it is for.
        write_enabled: False makes a token that can read only.
        expires: End of its life; None for none.
        allowed_networks: Where it may be used from, such as ``10.0.0.0/8``; none means anywhere.
        by: Who makes it; None for a command.

    Raises:
        TokenRefused: *key* is not 40 hex digits or is a token already, a network is none, or the end is past.
        ReservedAccount: *user* is the account of the command line.
    """
    if user.username == cli_name():
        raise ReservedAccount(f'The account "{user}" is for the command line and has no tokens.')
    key = secrets.token_hex(20) if key is None else _checked(key)
    token = Token(
        user=user,
        digest=token_digests(key)[0],
        hint=key[:HINT_LENGTH],
        description=description,
        write_enabled=write_enabled,
        expires=_future(expires),
        allowed_networks=networks(allowed_networks),
    )
    try:
        with transaction.atomic():
            token.save(force_insert=True)
            record(CREATED, user=by, target=token)
    except IntegrityError:
        raise TokenRefused("This key is a token already; use another one.") from None
    return NewToken(token=token, key=key)


def networks(texts: Iterable[str]) -> list[str]:
    """
    *texts* in their usual form, ``10.0.0.0/8``.

    Raises:
        TokenRefused: One of them is no network.
    """
    return [_network(text) for text in texts]


def is_allowed_from(token: Token, address: str | None) -> bool:
    """Whether *token* may be used from *address*."""
    if not token.allowed_networks:
        return True
    if address is None:
        return False
    here = ipaddress.ip_address(address)
    here = getattr(here, "ipv4_mapped", None) or here
    return any(here in ipaddress.ip_network(text) for text in token.allowed_networks)


def why_refused(token: Token, address: str | None) -> str:
    """Why *token* cannot be used now and from *address*, in words that clients know; empty if it can."""
    if not is_allowed_from(token, address):
        return "Token not allowed from this address"
    if token.is_expired:
        return "Token expired"
    return "" if token.user.is_active else "User inactive"


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


def _future(expires: datetime | None) -> datetime | None:
    if expires is not None and expires <= timezone.now():
        raise TokenRefused("The end of a token must be in the future.")
    return expires


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text.strip(), strict=False))
    except ValueError:
        raise TokenRefused(
            f"“{text[:50]}” is no network; write it as 10.0.0.0/8, or one address as 10.0.0.1."
        ) from None
