"""`jobyard manage …`: Django's own management commands."""

from __future__ import annotations

import typer

from jobyard_server.cli.connection import connect

#: Everything after ``manage`` belongs to Django, ``--help`` included.
PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def manage(ctx: typer.Context) -> None:
    """Django's management commands: `jobyard manage help` lists them."""
    connect()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["jobyard manage", *ctx.args])
