"""
A point to which a transaction can go back after the database has aborted it. Runs in the child.

A statement that fails outside of any savepoint of the job's own makes PostgreSQL forget all that the
transaction has done, and the plan with it. So there is always one savepoint behind the last write. It is
moved along in front of the next statement, in the same message: one for a write, none for a read.
"""

from __future__ import annotations

import re
from typing import Any, Final

from django.db import connection
from psycopg import ServerCursor
from psycopg.pq import TransactionStatus

NAME: Final = "jobyard_last_good"
_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH|MERGE|TRUNCATE|CALL|DO)\b", re.IGNORECASE)
_MARKS = re.compile(
    r"\s*(?:(SAVEPOINT)|(RELEASE)(?:\s+SAVEPOINT)?|(ROLLBACK)(?:\s+\w+)?\s+TO(?:\s+SAVEPOINT)?)\s+(\S+)",
    re.IGNORECASE,
)


class LastGoodPoint:
    """An execute wrapper of Django's connection, for one transaction."""

    def __init__(self) -> None:
        self._is_set = False
        self._is_behind = False  #: Something was written since.
        self._own: list[str] = []  #: Savepoints of the job; while there is one, ours stays where it is.

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001  # Django's signature
        text = sql if isinstance(sql, str) else ""
        first = "" if self._own or not self._is_behind else self._move()
        if first and (many or not text or isinstance(context["cursor"].cursor, ServerCursor)):
            context["connection"].connection.execute(first)  # such a statement takes nothing in front
            first = ""
        result = execute(first + text if first else sql, params, many, context)
        for _ in range(first.count(";")):
            context["cursor"].nextset()  # past what SAVEPOINT answered
        if mark := _MARKS.match(text):
            self._follow(mark)
        elif many or _WRITES.match(text):
            self._is_behind = True
        return result

    def _move(self) -> str:
        """What sets the point here; the old one is given up, so there is never more than one."""
        release = f"RELEASE SAVEPOINT {NAME}; " if self._is_set else ""
        self._is_set, self._is_behind = True, False
        return f"{release}SAVEPOINT {NAME}; "

    def _follow(self, mark: re.Match[str]) -> None:
        begins, releases, _, name = mark.groups()
        name = name.rstrip(";")
        if begins:
            self._own.append(name)
        elif name in self._own:
            place = len(self._own) - 1 - self._own[::-1].index(name)
            del self._own[place if releases else place + 1 :]

    def recover(self) -> None:
        """If the database has aborted the transaction, go back to the point behind all that was written."""
        raw: Any = connection.connection
        if raw is None or raw.closed or not self._is_set:
            return
        if raw.info.transaction_status == TransactionStatus.INERROR:
            raw.execute(f"ROLLBACK TO SAVEPOINT {NAME}")
