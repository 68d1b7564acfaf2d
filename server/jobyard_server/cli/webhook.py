"""`jobyard webhook …`: the addresses that forges call after a push."""

from __future__ import annotations

from typing import Annotated

import typer

from jobyard_server.cli.application import make_group
from jobyard_server.cli.connection import connect
from jobyard_server.cli.repo import WhichArgument, read_secret

webhook = make_group("Addresses that forges call after a push.")

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="As `jobyard webhook list` shows it.")]
SecretOption = Annotated[
    str, typer.Option("--secret-file", metavar="FILE", help="File with a secret; made here if omitted.")
]


@webhook.command("add")
def add_hook(
    which: WhichArgument,
    provider: Annotated[
        str,
        typer.Option(
            help="github, gitlab, gitlab_signed, gitea, bitbucket, bitbucket_server, azure or generic; "
            "guessed if omitted."
        ),
    ] = "",
    secret_file: SecretOption = "",
) -> None:
    """Make a webhook; prints its address and, once, its secret."""
    secret = read_secret(secret_file) if secret_file else ""
    connect()
    from jobyard_server.cli.webhooks import add

    add(which, provider=provider, secret=secret)


@webhook.command("list")
def list_hooks() -> None:
    """All webhooks: id, repository, forge, state, last call, path."""
    connect()
    from jobyard_server.cli.webhooks import list_all

    list_all()


@webhook.command("rotate")
def rotate_hook(hook: IdArgument, secret_file: SecretOption = "") -> None:
    """Give it another secret; the one before is good for a day."""
    secret = read_secret(secret_file) if secret_file else ""
    connect()
    from jobyard_server.cli.webhooks import rotate

    rotate(hook, secret=secret)


@webhook.command("test")
def test_hook(hook: IdArgument) -> None:
    """Receive a push as this forge would tell of it; a sync follows."""
    connect()
    from jobyard_server.cli.webhooks import test

    test(hook)


@webhook.command("deliveries")
def list_deliveries(hook: IdArgument) -> None:
    """Its last calls and what became of them."""
    connect()
    from jobyard_server.cli.webhooks import deliveries

    deliveries(hook)


@webhook.command("remove")
def remove(hook: IdArgument) -> None:
    """Remove it; its address is never given again."""
    connect()
    from jobyard_server.cli.webhooks import remove as remove_it

    remove_it(hook)
