"""A batch whose COMMIT was not answered: stored or not? The database knows, as soon as it answers again."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import DataError, OperationalError, connection

_STATUS = "SELECT pg_xact_status(%s::xid8)"


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """The transaction of a batch, and how much of what waits it holds."""

    transaction: str
    rows: int
    changes: int
    pieces: int

    def is_stored(self) -> bool:
        """
        Whether the transaction has committed.

        Raises:
            OperationalError: The server has not noticed yet that its client is gone.
        """
        try:
            with connection.cursor() as cursor:
                cursor.execute(_STATUS, [self.transaction])
                (status,) = cursor.fetchone()
        except DataError:  # another server took over, which has not come that far
            return False
        if status == "in progress":
            raise OperationalError("the transaction before this one has not ended yet")
        return bool(status == "committed")


def current_transaction() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        return str(cursor.fetchone()[0])
