"""The child's own connection, and the two transactions of a run."""

from __future__ import annotations

import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from jobyard.events import Changes
from jobyard_repos.fail_points import fail_point
from jobyard_server.changes.capture import captured, last_number
from jobyard_server.changes.last_good import LastGoodPoint
from jobyard_server.changes.sameness import check_plan


def ignore(_changes: Changes) -> None:
    """For runs whose plan nobody keeps."""


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
    """
    A child may have waited for hours since it connected, and the database may have restarted meanwhile.

    A server that closes a connection says so on it; a healthy one is silent. That costs no question.
    """
    poll = select.poll()
    poll.register(connection.connection.fileno(), select.POLLIN)
    if poll.poll(0):
        connection.close()
        connection.ensure_connection()


class RunTransactions:
    """
    Fenced transactions: a run whose lease went to the reaper cannot commit any more.

    Source: docs/adr/0003, "fence".
    """

    def __init__(
        self,
        run_id: str,
        fence: int,
        key: str,
        *,
        tell: Callable[[Changes], None] = ignore,
        approved_plan: str = "",
    ) -> None:
        """
        The transactions of one run.

        Args:
            run_id: Key of its result.
            fence: Of the claim.
            key: Of the claim, which no other run's child knows.
            tell: Takes the changes that are rolled back.
            approved_plan: Digest that the changes of the main phase must have, or empty.
        """
        self.data_committed = False
        self._run_id = run_id
        self._fence = fence
        self._key = key
        self._tell = tell
        self._approved_plan = approved_plan

    @contextmanager
    def main(self, commit: bool) -> Iterator[None]:  # noqa: FBT001  # the protocol's word
        with transaction.atomic():
            transaction.on_commit(self._remember)  # first in line: author callbacks may raise
            with self._plan_kept(commit, in_post_run=False):
                yield
                if self._approved_plan:
                    check_plan(self._run_id, self._approved_plan)
                self._end(commit, records=True)

    @contextmanager
    def post_run(self, commit: bool) -> Iterator[None]:  # noqa: FBT001  # the protocol's word
        committed = last_number(self._run_id) if self.data_committed else 0
        with transaction.atomic(), self._plan_kept(commit, in_post_run=True, after=committed):
            yield
            self._end(commit, records=False)

    def _remember(self) -> None:
        self.data_committed = True
        fail_point("child.committed")

    @contextmanager
    def _plan_kept(self, commit: bool, *, in_post_run: bool, after: int = 0) -> Iterator[None]:  # noqa: FBT001  # see above
        """What is about to be rolled back goes to the worker, which keeps it."""
        point = LastGoodPoint()
        try:
            with connection.execute_wrapper(point):
                yield
        except BaseException:
            self._report(point, after, in_post_run)
            raise
        if not commit:
            self._report(point, after, in_post_run)

    def _report(self, point: LastGoodPoint, after: int, in_post_run: bool) -> None:  # noqa: FBT001  # see above
        point.recover()
        for rows in captured(self._run_id, after=after, in_post_run=in_post_run):
            self._tell(Changes(rows=rows))

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
        """The last statement before the commit; the row stays locked until then."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT public.jobyard_end_transaction(%s, %s, %s, %s)",
                [self._run_id, self._fence, self._key, records],
            )
            if not cursor.fetchone()[0]:
                raise LeaseLostError(
                    "This run no longer belongs to its worker; its changes were not committed."
                )
