"""`jobyard new`: a repository of jobs to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def new(
    path: Annotated[Path, typer.Argument(help="The folder to make; it may exist already.")],
) -> None:
    """Make a repository of jobs: a first job, its test, a CI file. Overwrites nothing."""
    from jobyard_server.cli.skeleton_writing import write_skeleton

    for name in write_skeleton(path):
        typer.echo(f"made {path / name}")
    typer.echo(f"next: jobyard check {path}, and pytest in it")
