"""
One sync of a source at a time, without a flag that can stick.

The database clock decides. Every lease raises the fence of its source; whoever holds an older fence
can neither publish nor renew. Source: docs/adr/0003.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from jobyard_server.registry.models import Source

_TAKE = """
UPDATE extras_source
   SET fence = fence + 1, lease_holder = %s, lease_until = clock_timestamp() + %s
 WHERE id = %s AND (lease_until IS NULL OR lease_until <= clock_timestamp())
RETURNING fence
"""
# An expired lease that nobody took may be renewed: a short outage of the database harms nobody.
_RENEW = """
UPDATE extras_source SET lease_until = clock_timestamp() + %s
 WHERE id = %s AND fence = %s AND lease_holder = %s
RETURNING fence
"""
_RELEASE = """
UPDATE extras_source SET lease_until = NULL, lease_holder = NULL
 WHERE id = %s AND fence = %s AND lease_holder = %s
RETURNING fence
"""
_END_ALL = """
UPDATE extras_source SET lease_until = NULL WHERE lease_holder = ANY(%s) AND lease_until IS NOT NULL
RETURNING fence
"""


@dataclass(frozen=True, kw_only=True)
class SyncLease:
    """The right to sync one source, until it expires or somebody takes it over."""

    source_id: uuid.UUID
    holder: uuid.UUID  #: The daemon that holds it.
    fence: int  #: Larger than that of every earlier lease of the source.

    def renew(self) -> bool:
        """Hold it for another ``LEASE_SECONDS``; False when it went to somebody else."""
        return _row(_RENEW, [_length(), self.source_id, self.fence, self.holder]) is not None

    def release(self) -> None:
        """Give it back; nothing happens when it went to somebody else already."""
        _row(_RELEASE, [self.source_id, self.fence, self.holder])


def take_lease(source: Source, *, holder: uuid.UUID | None = None) -> SyncLease | None:
    """
    The lease of *source*, or None while somebody else holds it.

    Args:
        source: Only its key counts; it is not changed.
        holder: Identity of the daemon, so that the next one can end what it left behind.
    """
    holder = holder or uuid.uuid4()
    row = _row(_TAKE, [holder, _length(), source.pk])
    return SyncLease(source_id=source.pk, holder=holder, fence=row[0]) if row else None


def end_leases_of(*holders: uuid.UUID) -> None:
    """End all leases of daemons that are known to be dead, so that nobody waits for them to expire."""
    _row(_END_ALL, [list(holders)])


def _length() -> timedelta:
    return timedelta(seconds=settings.JOBYARD["LEASE_SECONDS"])


def _row(statement: str, values: list[Any]) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
