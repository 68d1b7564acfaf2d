"""
What was looked up once in a transaction and is asked for with every row that is validated.

An answer is kept until the transaction ends or goes back to a savepoint, or until this process writes to one
of the tables that it came from, in whatever way: the connection sees each statement. What others commit
meanwhile is seen by the next transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from typing import Any, TypeVar, cast

from django.db import connection
from django.db.backends.signals import connection_created

T = TypeVar("T")
_READS = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|FETCH|DECLARE)\b", re.IGNORECASE)


class _Answers:
    """Those of one transaction."""

    def __init__(self, transaction: list[Any]) -> None:
        self.transaction = transaction
        self.kept: dict[Hashable, tuple[str, Any]] = {}


def known(key: Hashable, tables: str, ask: Callable[[], T]) -> T:
    """
    The answer of *ask*, of which *key* says what it is about.

    Args:
        key: Something that tells this question from all others.
        tables: A part that the names of all tables have in common that it reads.
        ask: Called at most once in a transaction; each time where there is none.
    """
    if not connection.in_atomic_block:
        return ask()
    answers = _answers()
    if key not in answers.kept:
        answers.kept[key] = (tables, ask())
    return cast(T, answers.kept[key][1])


def _answers() -> _Answers:
    """
    Those of the transaction that is open.

    Django has one list of hooks for each, and makes another one whenever something is rolled back.
    """
    here: Any = connection
    found: _Answers | None = getattr(here, "jobyard_known", None)
    if found is None or found.transaction is not connection.run_on_commit:
        found = here.jobyard_known = _Answers(connection.run_on_commit)
    return found


def _forget(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001  # Django's signature
    answers: _Answers | None = getattr(context["connection"], "jobyard_known", None)
    if answers is not None and answers.kept and not (isinstance(sql, str) and _READS.match(sql)):
        text = sql.lower() if isinstance(sql, str) else ""
        is_unclear = not text or text.lstrip().startswith("rollback")
        answers.kept = {
            key: (tables, value)
            for key, (tables, value) in answers.kept.items()
            if not is_unclear and tables not in text
        }
    return execute(sql, params, many, context)


def _watch(connection: Any, **_kwargs: Any) -> None:
    if _forget not in connection.execute_wrappers:
        connection.execute_wrappers.append(_forget)


def watch_connections() -> None:
    """Have every connection of this process forget what its statements change; called once, at start."""
    connection_created.connect(_watch, dispatch_uid="jobyard.known")
