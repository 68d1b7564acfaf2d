"""
The two transactions of a run within the transaction of a test.

Works with Django without importing it: a job that touches no model needs none.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from jobyard.execution import Transactions


def transactions() -> Transactions:
    """Django's, if this test may use its database; else none at all."""
    database: Any = sys.modules.get("django.db")
    return DjangoTransactions(database.transaction) if _is_in_use(database) else NoTransactions()


class NoTransactions:
    """For jobs without a database."""

    def main(self, commit: bool) -> AbstractContextManager[Any]:  # noqa: FBT001  # the run's own word
        del commit
        return nullcontext()

    post_run = main


class DjangoTransactions:
    """Savepoints that are kept or rolled back."""

    def __init__(self, transaction: Any) -> None:
        self._transaction = transaction

    @contextmanager
    def main(self, commit: bool) -> Iterator[None]:  # noqa: FBT001  # the run's own word
        with self._transaction.atomic():
            yield
            if not commit:
                self._transaction.set_rollback(True)  # Django's signature

    post_run = main


def _is_in_use(database: Any) -> bool:
    """Tell whether this test may use its database: pytest refuses to connect where it was not asked for."""
    if database is None:
        return False
    try:
        database.connection.ensure_connection()
    except Exception:  # noqa: BLE001  # refused, not configured, or no server
        return False
    return True
