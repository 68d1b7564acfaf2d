"""The command `jobyard`."""

from __future__ import annotations

from typing import Annotated

import typer

from jobyard_server.cli.application import DebugOption, make_application
from jobyard_server.cli.commands import add_commands
from jobyard_sync.cli.init import init
from jobyard_sync.cli.scan import scan
from jobyard_sync.cli.sync import sync
from jobyard_sync.cli.up import up

HELP = "jobyard: git push, and the job is live. `jobyard up` starts everything; every command has --help."


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"jobyard {version('jobyard')}")
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
]


def make_app() -> typer.Typer:
    """All commands of all layers."""
    app = make_application(HELP)

    @app.callback()
    def options(debug: DebugOption = False, version: VersionOption = False) -> None:
        pass

    app.command()(up)
    app.command()(init)
    app.command()(sync)
    app.command()(scan)
    add_commands(app)
    return app


def main() -> None:
    make_app()(prog_name="jobyard")
