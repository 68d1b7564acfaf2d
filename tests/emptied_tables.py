"""
The database as it was after migrations, for the next test that commits.

Django truncates every table and makes permissions, kinds of rows and statuses anew: half a second. Here the
first test does; after the others the rows go that were written, unless what migrations make was
changed, or a table has grown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction

LARGE = 1 << 20  #: Bytes of a table that is truncated rather than emptied row by row.
#: Filled by triggers of the other tables, and what refuses a DELETE; nothing refers to them.
LOGS = frozenset({"extras_objectchange", "users_auditevent"})
_WRITTEN = """
SELECT relname, pg_relation_size(oid) FROM pg_class
WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname = ANY(%s)
AND pg_relation_size(oid) > 0
"""


class Emptying:
    """Of the database of this process."""

    def __init__(self, empty_all: Callable[[], None]) -> None:
        self._empty_all = empty_all
        self._tables: list[str] = []
        self._kept: dict[str, str] = {}  #: Table that migrations fill, to the digest of its rows.

    def __call__(self) -> None:
        if not self._kept or not self._empty_written():
            self._empty_all()
            self._tables = connection.introspection.django_table_names(only_existing=True)
            self._kept = self._digests(self._written().keys() - LOGS)
            _truncate(LOGS)

    def _empty_written(self) -> bool:
        """False, and nothing is done, if that would not be enough."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {', '.join(map(_quoted, self._tables))}")  # waits for whoever writes
            written = self._written()
            if max(written.values()) > LARGE or self._digests(self._kept) != self._kept:
                return False
            for table in sorted(written.keys() - self._kept.keys() - LOGS):
                cursor.execute(f"DELETE FROM {_quoted(table)}")
            _truncate(LOGS & self._written().keys())
        return True

    def _written(self) -> dict[str, int]:
        """Tables that have had a row since they were last truncated, to their size."""
        with connection.cursor() as cursor:
            cursor.execute(_WRITTEN, [self._tables])
            return dict(cursor.fetchall())

    def _digests(self, tables: Iterable[str]) -> dict[str, str]:
        with connection.cursor() as cursor:
            rows = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t"
            return {name: cursor.execute(rows.format(_quoted(name))).fetchone()[0] for name in tables}


def _truncate(tables: Iterable[str]) -> None:
    if names := ", ".join(map(_quoted, tables)):
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {names}")


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)


def empty_only_what_was_written() -> None:
    """Have all tests that commit clean up this way."""
    from django.test import TransactionTestCase  # needs the environment

    django_does: Any = TransactionTestCase._fixture_teardown
    emptying: list[Emptying] = []

    def teardown(self: Any) -> None:
        if self.available_apps is not None or self.serialized_rollback:
            django_does(self)
            return
        if not emptying:
            emptying.append(Emptying(lambda: django_does(self)))
        emptying[0]()

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[method-assign]  # Django has no other way
