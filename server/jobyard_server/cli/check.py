"""`jobyard check`: what jobyard would make of a folder of job files; needs no database."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How the findings are printed."""

    text = "text"
    json = "json"


def check(
    path: Annotated[
        Path,
        typer.Argument(exists=True, file_okay=False, help="A folder of job files, or a checkout with jobs/."),
    ],
    job_path: Annotated[
        list[str] | None,
        typer.Option(
            help="Folder of job files below it (. is PATH itself); may be given several times. "
            "jobs, or PATH itself, when left out."
        ),
    ] = None,
    with_database: Annotated[
        bool,
        typer.Option(
            "--with-database",
            help="Answer files that ask the database while they are imported, from an empty inventory.",
        ),
    ] = False,
    output: Annotated[Format, typer.Option("--format", help="For people or for programs.")] = Format.text,
) -> None:
    """Inspect job files offline: jobs, variables and errors; exit status 1 on errors."""
    from jobyard_server.cli.check_report import report_lines
    from jobyard_server.cli.checking import Order, check_in_child

    reports = check_in_child(Order(path=path, job_paths=_read(job_path), with_database=with_database))
    errors = sum(report.error is not None for report in reports)
    if output is Format.json:
        found = {"modules": [report.to_json() for report in reports], "errors": errors}
        typer.echo(json.dumps(found, indent=2))
    else:
        for line in report_lines(reports):
            typer.echo(line)
    raise typer.Exit(1 if errors else 0)


def _read(job_paths: list[str] | None) -> list[str]:
    from jobyard_server.cli.errors import WrongUsageError
    from jobyard_server.registry.job_paths import InvalidJobPath, read_job_paths

    try:
        return read_job_paths(job_paths) if job_paths else []
    except InvalidJobPath as exc:
        raise WrongUsageError(str(exc)) from exc
