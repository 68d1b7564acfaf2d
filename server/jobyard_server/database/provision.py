"""The role and the database that jobyard itself uses in a server that was just made."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from jobyard_server.database.address import NAME
from jobyard_server.database.initialise import SUPERUSER


def provision(sockets: Path, *, superuser_password: str, password: str) -> None:
    """Create what is missing; may be repeated after an interruption."""
    with psycopg.connect(
        host=str(sockets), user=SUPERUSER, password=superuser_password, dbname="postgres", autocommit=True
    ) as connection:
        _ensure_role(connection, password)
        if not _exists(connection, "SELECT 1 FROM pg_database WHERE datname = %s"):
            connection.execute(
                sql.SQL("CREATE DATABASE {name} OWNER {name}").format(name=sql.Identifier(NAME))
            )


def _ensure_role(connection: psycopg.Connection, password: str) -> None:
    verb = "ALTER" if _exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s") else "CREATE"
    # CREATEROLE: it makes the roles with fewer rights; CREATEDB: it makes the databases of tests.
    statement = f"{verb} ROLE {{name}} LOGIN CREATEROLE CREATEDB PASSWORD {{password}}"
    connection.execute(sql.SQL(statement).format(name=sql.Identifier(NAME), password=sql.Literal(password)))


def _exists(connection: psycopg.Connection, query: str) -> bool:
    return connection.execute(query.encode(), [NAME]).fetchone() is not None
