"""`jobyard init`: what `jobyard up` does first, for installations that start the parts one by one."""

from __future__ import annotations

import typer

from jobyard_server.cli.connection import connect
from jobyard_server.cli.errors import stderr


def init() -> None:
    """Bring the database to this version and make the first administrator; safe to repeat."""
    connect()
    from jobyard_server.access.first_admin import make_first_admin
    from jobyard_server.database.roles import ensure_roles
    from jobyard_sync.up.schema import migrate
    from jobyard_sync.up.welcome import account_lines

    stderr("the tables were brought up to date" if migrate() else "the tables are up to date")
    if not ensure_roles():
        stderr("jobs use the database login of the service; `jobyard doctor` says what to do")
    made = make_first_admin()
    if made:
        for line in account_lines(made):
            typer.echo(line)
