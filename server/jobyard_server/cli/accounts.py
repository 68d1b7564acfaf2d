"""`jobyard user …` and `jobyard token create`."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated

import typer

from jobyard_server.cli.application import make_group
from jobyard_server.cli.connection import connect
from jobyard_server.cli.errors import WrongUsageError, stderr
from jobyard_server.cli.repo import read_secret

user = make_group("Accounts.")
token = make_group("API tokens.")


@user.command("create")
def create_account(
    name: Annotated[str, typer.Argument(help="Name to log in with.")],
    admin: Annotated[bool, typer.Option("--admin", help="May do everything.")] = False,
    email: Annotated[str, typer.Option(help="Address for messages.")] = "",
    password_file: Annotated[
        str, typer.Option("--password-file", metavar="FILE", help="File with the password; - for stdin.")
    ] = "",
) -> None:
    """Create an account; asks for the password unless a file gives it."""
    password = read_secret(password_file) if password_file else _ask_for_password()
    connect()
    from jobyard_server.cli.account_making import make_user

    typer.echo(f"Created {make_user(name, password=password, email=email, is_admin=admin)}.")


@user.command("reset-second-factor")
def reset_second_factor(
    name: Annotated[str, typer.Argument(help="The account whose device and recovery codes are lost.")],
) -> None:
    """Take the second factor of an account away; the password alone lets them in again."""
    connect()
    from jobyard_server.cli.account_making import remove_second_factor

    remove_second_factor(name)
    typer.echo(f"{name} has no second factor any more.")


@token.command("create")
def create_api_token(
    username: Annotated[str, typer.Argument(help="The account that the token speaks for.")],
    description: Annotated[str, typer.Option(help="What it is for.")] = "",
    read_only: Annotated[bool, typer.Option("--read-only", help="It may read, not run or change.")] = False,
    expires: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Its end, UTC."),
    ] = None,
    key_file: Annotated[
        str,
        typer.Option("--key-file", metavar="FILE", help="A key that clients have; - for stdin."),
    ] = "",
) -> None:
    """Create an API token and print it on standard output; it is never shown again."""
    key = read_secret(key_file) if key_file else None
    connect()
    from jobyard_server.cli.account_making import make_token

    typer.echo(
        make_token(username, description=description, write_enabled=not read_only, expires=expires, key=key)
    )


def _ask_for_password() -> str:
    if not sys.stdin.isatty():
        raise WrongUsageError("There is no terminal to ask for the password; give it with --password-file.")
    stderr("The password is not shown while you type.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
