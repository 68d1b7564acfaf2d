"""
Limits for guessing: failures are counted per thing guessed, in the database, so all processes count together.

What is counted is the pair of user name and address, so that nobody can lock the only administrator out from
everywhere; and, with a higher limit, the address alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from jobyard_server.access.models import Attempts

COOL_OFF: Final = timedelta(minutes=15)
PER_ACCOUNT: Final = 8  #: Failures of one user name from one address.
PER_ADDRESS: Final = 100  #: Failures from one address, whatever the names.
CODES_PER_ACCOUNT: Final = 8  #: Wrong codes of a second factor, from wherever: its password was right.
TOKENS_PER_ADDRESS: Final = 100  #: Wrong tokens from one address.

_COUNT = """
INSERT INTO users_attempts (key, failures, since) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET
  failures = CASE WHEN users_attempts.since < %s THEN 1 ELSE users_attempts.failures + 1 END,
  since = CASE WHEN users_attempts.since < %s THEN excluded.since ELSE users_attempts.since END
RETURNING failures
"""


@dataclass(frozen=True)
class Limit:
    """One thing that is counted, and how often it may fail within COOL_OFF."""

    what: str
    most: int

    @property
    def key(self) -> str:
        """A digest, so that the table shows neither names nor addresses, and any text fits."""
        return hashlib.sha256(self.what.encode("utf-8", "replace")).hexdigest()


def login_limits(username: str, address: str | None) -> list[Limit]:
    where = address or "-"
    name = username.casefold()
    return [Limit(f"login {where} {name}", PER_ACCOUNT), Limit(f"login {where}", PER_ADDRESS)]


def code_limits(account: object) -> list[Limit]:
    return [Limit(f"code {account}", CODES_PER_ACCOUNT)]


def token_limits(address: str | None) -> list[Limit]:
    return [Limit(f"token {address or '-'}", TOKENS_PER_ADDRESS)]


def is_blocked(limits: Iterable[Limit]) -> bool:
    """Whether one of *limits* is used up."""
    most = {limit.key: limit.most for limit in limits}
    recent = Attempts.objects.filter(key__in=most, since__gte=timezone.now() - COOL_OFF)
    return any(failures >= most[key] for key, failures in recent.values_list("key", "failures"))


def count_failure(limits: Iterable[Limit]) -> bool:
    """Count one failure; whether one of *limits* was used up by exactly this one."""
    now = timezone.now()
    used_up = False
    with connection.cursor() as cursor:
        for limit in sorted(limits, key=lambda limit: limit.key):
            cursor.execute(_COUNT, [limit.key, now, now - COOL_OFF, now - COOL_OFF])
            used_up |= cursor.fetchone()[0] == limit.most
    return used_up


def forgive(limits: Iterable[Limit]) -> None:
    """Somebody proved who they are: their earlier failures count no longer."""
    Attempts.objects.filter(key__in=[limit.key for limit in limits]).delete()


def forget_old() -> int:
    """Remove rows whose time is over; how many there were."""
    return Attempts.objects.filter(since__lt=timezone.now() - COOL_OFF).delete()[0]
