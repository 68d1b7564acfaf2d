"""Puts functions and triggers into the database, all at once, after migrations."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Any

from django.db import connections, transaction

_INSTALLED = "SELECT obj_description(to_regprocedure('jobyard_log_row()'), 'pg_proc')"


def install(using: str = "default", **_kwargs: Any) -> None:
    """Bring the triggers to what the models ask for; one query when they are that already."""
    tables = connections[using].introspection.table_names()
    if "extras_objectchange" not in tables:
        return  # the database is at an older version
    with transaction.atomic(using), connections[using].cursor() as cursor:
        sql = _wanted(cursor, set(tables))
        digest = hashlib.sha256(sql.encode()).hexdigest()
        cursor.execute(_INSTALLED)
        if cursor.fetchone() != (digest,):
            cursor.execute(f"{sql}\nCOMMENT ON FUNCTION jobyard_log_row() IS '{digest}'")


def _wanted(cursor: Any, tables: set[str]) -> str:
    from jobyard_server.changes.tracked import tracked_models, tracked_relations  # noqa: PLC0415  # need models
    from jobyard_server.changes.triggers import LogRows, log_pairs  # noqa: PLC0415  # only migrations need it

    cursor.execute("SELECT quote_ident(current_schema())")
    (schema,) = cursor.fetchone()
    statements = [files(__package__).joinpath("functions.sql").read_text().replace("{schema}", schema)]
    if "extras_jobhookcall" in tables:
        statements.append(files(__package__).joinpath("hooks.sql").read_text().replace("{schema}", schema))
    models = [model for model in tracked_models() if model._meta.db_table in tables]
    statements += [LogRows().compile(model).install_sql for model in models]
    for relation in tracked_relations():
        if relation.through._meta.db_table in tables:
            statements += [trigger.compile(relation.through).install_sql for trigger in log_pairs(relation)]
    return "\n".join(statements)
