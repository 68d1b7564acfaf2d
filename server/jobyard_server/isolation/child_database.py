"""The child's own connection, and the two transactions of a run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from jobyard.statuses import ACTIVE


class LeaseLostError(Exception):
    """This run no longer belongs to its worker, so nothing of it was committed."""


def use_database(login: dict[str, Any], *, read_only: bool = False) -> None:
    """Connect with *login*: the entries of Django's DATABASES that say where and who."""
    connection.settings_dict.update({key.upper(): value for key, value in login.items()})
    options = connection.settings_dict["OPTIONS"]
    if read_only:
        options["options"] = f"{options.get('options', '')} -c default_transaction_read_only=on"
    connection.ensure_connection()


def check_connection() -> None:
    """A child may have waited for hours since it connected, and the database may have restarted meanwhile."""
    if not connection.is_usable():
        connection.close()
        connection.ensure_connection()


class RunTransactions:
    """
    Fenced transactions: a run whose lease went to the reaper cannot commit any more.

    Source: docs/adr/0003, "fence".
    """

    def __init__(self, run_id: str, fence: int) -> None:
        self.data_committed = False
        self._run_id = run_id
        self._fence = fence

    @contextmanager
    def main(self, commit: bool) -> Iterator[None]:  # noqa: FBT001  # the protocol's word
        with transaction.atomic():
            transaction.on_commit(self._remember)  # first in line: author callbacks may raise
            yield
            self._end(commit, records=True)

    @contextmanager
    def post_run(self, commit: bool) -> Iterator[None]:  # noqa: FBT001  # the protocol's word
        with transaction.atomic():
            yield
            self._end(commit, records=False)

    def _remember(self) -> None:
        self.data_committed = True

    def _end(self, commit: bool, *, records: bool) -> None:  # noqa: FBT001  # see above
        if not commit:
            transaction.set_rollback(True)
        elif self._has_written():
            self._check_fence(records=records)

    def _has_written(self) -> bool:
        """One question instead of a durable write, for the many runs that change nothing."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
            return bool(cursor.fetchone()[0])

    def _check_fence(self, *, records: bool) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE extras_jobresult SET data_committed = data_committed OR %s"
                " WHERE id = %s AND fence = %s AND status = ANY(%s)",
                [records or None, self._run_id, self._fence, list(ACTIVE)],
            )
            if cursor.rowcount != 1:
                raise LeaseLostError(
                    "This run no longer belongs to its worker; its changes were not committed."
                )
