"""The command itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from jobyard_server.cli.connection import connect
from jobyard_server.cli.doctor.finding import WRONG, Finding, wrong


class PartName(StrEnum):
    """The parts that can be asked for."""

    web = "web"
    sync = "sync"
    worker = "worker"
    scheduler = "scheduler"


def doctor(
    options: Annotated[bool, typer.Option("--options", help="List all options with their values.")] = False,
    part: Annotated[
        PartName | None, typer.Option(help="Only whether this part of this host is alive; for health checks.")
    ] = None,
) -> None:
    """Say what is configured, what answers, what is wrong and what to do; exit status 1 if anything is."""
    from jobyard_server.cli.doctor.option_list import option_lines, set_option_lines
    from jobyard_server.options import read_options

    values = read_options()
    if options:
        _print(option_lines(values))
        return
    if part:
        raise typer.Exit(_report([_ask_part(part.value)]))
    _print(set_option_lines(values))
    print()
    raise typer.Exit(_report(_all_findings(values)))


def _all_findings(values: dict[str, Any]) -> Iterator[Finding]:
    from jobyard_server.cli.doctor.folders import folder_findings
    from jobyard_server.cli.doctor.machine import machine_findings

    yield from machine_findings(values)
    yield from folder_findings(values["DATA_DIR"], values["JOBS_ROOT"])
    if not _has_database(values):
        yield wrong("there is no database yet", "start `jobyard up`, or set JOBYARD_DATABASE_URL")
        return
    connect()
    from jobyard_server.cli.doctor.server import server_findings

    yield from server_findings()


def _has_database(values: dict[str, Any]) -> bool:
    from jobyard_server.database.address import database_url

    data_dir: Path = values["DATA_DIR"]
    return database_url(values["DATABASE_URL"], data_dir) is not None


def _ask_part(kind: str) -> Finding:
    connect()
    from jobyard_server.cli.doctor.server import part_finding

    return part_finding(kind)


def _report(findings: Iterable[Finding]) -> int:
    faults = 0
    for finding in findings:
        print(finding, flush=True)
        faults += finding.level == WRONG
    return 1 if faults else 0


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
