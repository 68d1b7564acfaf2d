"""The profile of a run, brought from its files to the host of the command."""

from __future__ import annotations

import tempfile
from pathlib import Path

import typer

from jobyard.profiling import profile_name
from jobyard_server.cli.errors import CommandError
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.output_files import content_of, files_of


def save_profile(result: JobResult) -> None:
    """
    Write it into the folder for temporary files, and say where it is.

    Raises:
        CommandError: The file cannot be written.
    """
    file = files_of(result).filter(name=profile_name(result.pk)).first()
    if file is None:
        typer.echo("There is no profile: run() was not called, or its profile was too large.", err=True)
        return
    place = Path(tempfile.gettempdir(), file.name)
    try:
        with place.open("xb") as written:
            written.writelines(content_of(file))
    except OSError as exc:
        raise CommandError(
            f"The profile cannot be written ({exc}); it is with the files of the run."
        ) from exc
    typer.echo(f"Profile: {place}")
