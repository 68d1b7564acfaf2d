"""`jobyard repo …`: the Git repositories that jobs come from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from jobyard_server.cli.application import make_group
from jobyard_server.cli.connection import connect
from jobyard_server.cli.errors import WrongUsageError

repo = make_group("Git repositories that jobs come from.")

WhichArgument = Annotated[str, typer.Argument(metavar="REPOSITORY", help="Its name or its slug.")]
WaitOption = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the sync and print its log.")]


@repo.command("add")
def add_repo(
    *,
    name: Annotated[str, typer.Argument(help="Name for people.")],
    url: Annotated[str, typer.Argument(help="Remote address: https://…, http://… (file://… where allowed).")],
    branch: Annotated[str, typer.Option(help="Branch, tag or full commit hash to follow.")] = "main",
    slug: Annotated[str, typer.Option(help="First part of class paths; made from the name if omitted.")] = "",
    username: Annotated[str, typer.Option(help="User name that the server wants with the token.")] = "",
    token_file: Annotated[
        str, typer.Option("--token-file", metavar="FILE", help="File with the access token; - for stdin.")
    ] = "",
    wait: WaitOption = True,
) -> None:
    """Add a repository and sync it; exit status as for `jobyard repo sync`."""
    token = read_secret(token_file) if token_file else ""
    connect()
    from jobyard_server.cli.repositories import add

    code = add(
        name=name, remote_url=url, branch=branch, slug=slug, username=username, token=token, waits=wait
    )
    raise typer.Exit(code)


@repo.command("list")
def list_repos() -> None:
    """All repositories: slug, what they follow, the commit in service, the state of the last sync."""
    connect()
    from jobyard_server.cli.repositories import list_all

    list_all()


@repo.command("show")
def show_repo(which: WhichArgument) -> None:
    """One repository with its modules, their jobs and the errors that keep a newer version out of service."""
    connect()
    from jobyard_server.cli.repositories import show

    show(which)


@repo.command("sync")
def sync_repo(which: WhichArgument, wait: WaitOption = True) -> None:
    """
    Fetch now and publish what is new.

    Exit status: 0 completed (or queued with --no-wait), 1 a module has errors, 2 no such repository,
    3 nothing could be read, 4 interrupted (the sync goes on), 6 no sync part is alive.
    """
    connect()
    from jobyard_server.cli.repositories import sync

    raise typer.Exit(sync(which, waits=wait))


def read_secret(file: str) -> str:
    """
    The text of *file* (``-``: standard input) without the line end; never an argument others could read.

    Raises:
        WrongUsageError: It cannot be read or is empty.
    """
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise WrongUsageError(f"The file {file} cannot be read ({exc}).") from exc
    if not text.strip():
        raise WrongUsageError(f"The file {file} is empty.")
    return text.rstrip("\r\n")
