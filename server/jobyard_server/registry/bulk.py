"""
Many rows of one model in one statement.

They travel as one JSON document: Django's ``bulk_create`` sends arrays, in which every quote of every spec
is escaped by Python (six times slower for 600 jobs).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def upsert(rows: Sequence[Model], columns: Sequence[str]) -> None:
    """Insert *rows*; of those whose id exists already, update the fields named by *columns* only."""
    if not rows:
        return
    fields: list[Field[Any, Any]] = list(type(rows[0])._meta.concrete_fields)  # documented
    document = [
        {field.column: field.pre_save(row, add=row._state.adding) for field in fields}  # noqa: SLF001  # documented
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_statement(rows[0], fields, columns), [json.dumps(document, default=str)])


def _statement(row: Model, fields: Sequence[Field[Any, Any]], columns: Sequence[str]) -> str:
    """Names come from the model alone; values are parameters."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    types = ", ".join(f"{quote(field.column)} {field.db_type(connection)}" for field in fields)
    changed = [field.column for field in fields if field.name in columns]
    changes = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in changed)
    table = quote(row._meta.db_table)  # documented
    return (
        f"INSERT INTO {table} ({names}) SELECT {names}"  # noqa: S608  # see the docstring
        f" FROM jsonb_to_recordset(%s) AS new({types})"
        f" ON CONFLICT (id) DO UPDATE SET {changes}"
    )
