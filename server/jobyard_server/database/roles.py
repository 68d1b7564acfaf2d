"""
The database roles of children: ``<database>_job`` for runs, ``<database>_inspect`` for inspections.

A run may read and write what jobs work on: the tables of the inventory and of plugins. Of users, runs and
sources it sees harmless columns only, through views that take the place of the tables in its search path:
the change log of the data, of log rows the texts of its own run; of tokens, secrets of the service and the
broker nothing at all. An inspection may only read.
Enforced by grants, because a client can switch ``default_transaction_read_only`` off.

Source: security.md DB-05.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model

SCHEMA = "jobyard_job"  #: Of the views.
ROLES = {"job": "SELECT, INSERT, UPDATE, DELETE", "inspect": "SELECT"}
_INVENTORY = "jobyard_server.inventory."
_KNOWS_ITERATIONS = 16_00_00  #: Version of PostgreSQL.
#: What children may read of other tables; all other columns are NULL for them.
_HARMLESS = {
    "contenttypes.ContentType": ("id", "app_label", "model"),
    "auth.Group": ("id", "name"),
    "auth.Permission": ("id", "name", "content_type_id", "codename"),
    "users.User": (
        "id", "username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser",
        "date_joined", "last_login",
    ),
    "users.User_groups": ("id", "user_id", "group_id"),
    "extras.GitRepository": ("id", "name", "slug", "branch", "current_head", "created", "last_updated"),
    "extras.Source": ("id", "key", "kind", "git_repository_id", "revision_id", "last_synced"),
    "extras.Revision": ("id", "source_id", "identifier", "snapshot_digest", "committed_at", "created"),
    "extras.Module": ("id", "source_id", "name", "path", "grouping", "revision_id", "is_installed"),
    "extras.Job": (
        "id", "module_id", "source", "module_name", "job_class_name", "slug", "grouping", "name",
        "description", "enabled", "installed", "hidden", "read_only",
    ),
    "extras.JobResult": (
        "id", "name", "obj_type_id", "job_model_id", "source_model_id", "user_id", "status", "status_reason",
        "created", "started", "completed", "commit", "task_queue", "revision_id",
    ),
    "extras.JobLogEntry": ("id", "job_result_id", "sequence", "created", "grouping", "log_level"),
    "extras.ScheduledJob": (
        "id", "name", "description", "job_model_id", "user_id", "interval", "start_time", "crontab",
        "time_zone", "enabled", "next_at", "last_run_at", "total_run_count", "created", "date_changed",
    ),
    "extras.ObjectChange": (
        "id", "time", "action", "changed_object_type_id", "changed_object_id", "object_repr", "before",
        "after", "user_id", "user_name", "request_id", "run_id",
    ),
}  # fmt: skip
#: What else a run may read of the rows that are its own.
_OWN = {"extras.JobLogEntry": ("job_result_id", ("log_object", "absolute_url", "message"))}
#: A run shows by the key of its claim which one it is.
_IS_OWN = """(SELECT run.id FROM public.extras_jobresult run
 WHERE run.id = nullif(split_part(current_setting('jobyard.run', true), ' ', 1), '')::uuid
   AND run.change_key = nullif(split_part(current_setting('jobyard.run', true), ' ', 2), '')::uuid)"""

log = logging.getLogger(__name__)


def role_name(kind: str) -> str:
    """PostgreSQL's roles belong to the server, so each database has its own."""
    return f"{connection.settings_dict['NAME'][:50]}_{kind}"


def role_password(kind: str) -> str:
    """The same on every host that knows the secret key; stored nowhere."""
    return hmac.new(settings.SECRET_KEY.encode(), role_name(kind).encode(), hashlib.sha256).hexdigest()


def ensure_roles(**_signal: Any) -> bool:
    """Make the roles what this version wants them to be; False if this login may not make roles."""
    if not hasattr(settings, "JOBYARD"):
        return False  # the database of an author's tests: nobody logs in to it but they
    statements = list(_statements())
    text = "\n".join(statements).replace("CREATE ROLE", "ALTER ROLE")
    wanted = hashlib.sha256(text.encode()).hexdigest()
    if _fingerprint() == wanted:
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            cursor.execute(f"COMMENT ON SCHEMA {SCHEMA} IS '{wanted}'")
    except ProgrammingError as exc:
        log.warning("jobs use the login of the service: %s", exc, extra={"action": "roles"})
        return False
    return True


def drop_views(*, plan: object = None, **_signal: Any) -> None:
    """Before a migration: a view would keep it from changing the columns of its table."""
    if plan:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def _fingerprint() -> str | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = %s", [SCHEMA]
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _statements() -> Iterator[str]:
    yield f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"
    yield f"CREATE SCHEMA {SCHEMA}"
    yield from (_view(name, columns) for name, columns in _HARMLESS.items())
    if connection.pg_version >= _KNOWS_ITERATIONS:  # type: ignore[attr-defined]  # PostgreSQL's alone
        # They slow down guessing. Nobody guesses 256 bits, and each child would pay for them at its log-in.
        yield "SET LOCAL scram_iterations = 1"
    tables = ", ".join(_quoted(model._meta.db_table) for model in _data_models())
    for kind, rights in ROLES.items():
        role = _quoted(role_name(kind))
        yield _role(kind)
        yield f"ALTER ROLE {role} SET search_path = {SCHEMA}, public"
        yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}"
        yield f"GRANT USAGE ON SCHEMA public, {SCHEMA} TO {role}"
        yield f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {role}"
        yield f"GRANT {rights} ON {tables} TO {role}"
    yield f"GRANT EXECUTE ON FUNCTION jobyard_end_transaction TO {_quoted(role_name('job'))}"


def _role(kind: str) -> str:
    """CREATE or ALTER; both take the same options."""
    name = role_name(kind)
    verb = "ALTER" if _has_role(name) else "CREATE"
    password = role_password(kind)  # hexadecimal digits
    return f"{verb} ROLE {_quoted(name)} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD '{password}'"


def _has_role(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        return cursor.fetchone() is not None


def _view(name: str, columns: tuple[str, ...]) -> str:
    model = apps.get_model(name)
    fields = [(field.column, field.db_type(connection)) for field in model._meta.local_concrete_fields]
    owner, own = _OWN.get(name, ("", ()))
    shown = ", ".join(
        _quoted(column) if column in columns else _hidden(column, str(kind), owner if column in own else "")
        for column, kind in fields
    )
    table = _quoted(model._meta.db_table)
    query = f"SELECT {shown} FROM public.{table}"  # noqa: S608  # names of columns and tables of ours
    return f"CREATE VIEW {SCHEMA}.{table} WITH (security_barrier) AS {query}"


def _hidden(column: str, kind: str, owner: str) -> str:
    """Nothing, or nothing but for the run that *owner* names."""
    name = _quoted(column)
    return (
        f"CASE WHEN {_quoted(owner)} = {_IS_OWN} THEN {name} END AS {name}"
        if owner
        else f"NULL::{kind} AS {name}"
    )


def _data_models() -> list[type[Model]]:
    """What jobs work on: the inventory, and the models of plugins."""
    plugins = tuple(f"{name}." for name in settings.JOBYARD["PLUGINS"])
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith((_INVENTORY, *plugins)) and model._meta.managed
    ]
    return sorted(found, key=lambda model: model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
