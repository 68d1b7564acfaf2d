"""`jobyard rerun`: a run once more, with the code that it ran or with what is published now."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import typer

from jobyard_server.cli.connection import connect


class RevisionChoice(StrEnum):
    """Which code runs."""

    latest = "latest"
    same = "same"


def rerun(
    *,
    result_id: Annotated[UUID, typer.Argument(help="The id of a job result.")],
    revision: Annotated[
        RevisionChoice, typer.Option(help="The published code, or the same as then.")
    ] = RevisionChoice.latest,
    username: Annotated[
        str, typer.Option("--username", "-u", help="Run as this user, who must be allowed to.")
    ] = "",
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait for the end, or print the result id and return.")
    ] = True,
) -> None:
    """
    Start a run once more with its inputs, its commit flag and its queue.

    Exit status as of `jobyard runjob`.
    """
    connect()
    from jobyard_server.cli.running_again import repeat

    raise typer.Exit(repeat(result_id, revision=revision.value, username=username, waits=wait))
