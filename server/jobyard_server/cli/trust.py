"""`jobyard hostkey …` and `jobyard trust …`: which servers and which signatures are believed."""

from __future__ import annotations

from typing import Annotated

import typer

from jobyard_server.cli.application import make_group
from jobyard_server.cli.connection import connect
from jobyard_server.cli.repo import read_secret

hostkey = make_group("Host keys of SSH servers; none is trusted before it was confirmed.")
trust = make_group("Keys whose signatures under commits count.")

FingerprintArgument = Annotated[str, typer.Argument(metavar="FINGERPRINT", help="SHA256:… or 40 hex digits.")]


@hostkey.command("list")
def list_host_keys() -> None:
    """All host keys: those that were confirmed, and those that were only seen."""
    connect()
    from jobyard_server.cli.trusted import list_host_keys as list_all

    list_all()


@hostkey.command("confirm")
def confirm_host_key(fingerprint: FingerprintArgument) -> None:
    """Trust a key that a server showed; compare it with what the operator of the server publishes."""
    connect()
    from jobyard_server.cli.trusted import confirm_host_key as confirm

    confirm(fingerprint)


@hostkey.command("add")
def add_host_key(
    host: Annotated[str, typer.Argument(help="Name or address of the server.")],
    key_file: Annotated[str, typer.Argument(metavar="FILE", help="A line of known_hosts or a .pub file.")],
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the SSH server.")] = 22,
) -> None:
    """Trust a key that you brought from the operator of the server."""
    text = read_secret(key_file)
    connect()
    from jobyard_server.cli.trusted import add_host_key as add

    add(host, text, port=port)


@trust.command("list")
def list_trusted_keys() -> None:
    """All keys whose signatures count, or did."""
    connect()
    from jobyard_server.cli.trusted import list_trusted_keys as list_all

    list_all()


@trust.command("add")
def add_trusted_key(
    principal: Annotated[str, typer.Argument(help="Whose key it is: a name or a mail address.")],
    key_file: Annotated[str, typer.Argument(metavar="FILE", help="A .pub file, or an armoured GPG key.")],
) -> None:
    """Accept signatures by this key."""
    text = read_secret(key_file)
    connect()
    from jobyard_server.cli.trusted import add_trusted_key as add

    add(principal, text)


@trust.command("revoke")
def revoke_trusted_key(fingerprint: FingerprintArgument) -> None:
    """No signature by this key counts any more, whenever it was made."""
    connect()
    from jobyard_server.cli.trusted import revoke_trusted_key as revoke

    revoke(fingerprint)
