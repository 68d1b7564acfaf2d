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
    output: Annotated[Format, typer.Option("--format", help="For people or for programs.")] = Format.text,
) -> None:
    """Inspect job files offline: jobs, variables and errors; exit status 1 on errors."""
    from jobyard_server.cli.check_report import report_lines
    from jobyard_server.cli.checking import check_in_child

    reports = check_in_child(path)
    errors = sum(report.error is not None for report in reports)
    if output is Format.json:
        found = {"modules": [report.to_json() for report in reports], "errors": errors}
        typer.echo(json.dumps(found, indent=2))
    else:
        for line in report_lines(reports):
            typer.echo(line)
    raise typer.Exit(1 if errors else 0)
