"""`jobyard up`: everything in one process tree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from jobyard_server.cli.parts import HostOption, PortOption


def up(
    *,
    host: HostOption = "127.0.0.1",
    port: PortOption = 8080,
    data_dir: Annotated[Path | None, typer.Option(help="Folder for everything that jobyard keeps.")] = None,
    jobs_root: Annotated[Path | None, typer.Option(help="Folder of the local jobs.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Worker processes.")] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="With demo jobs and a small Git repository.")] = False,
) -> None:
    """Start database, web, sync, worker and scheduler; Ctrl-C stops them in order."""
    from jobyard_sync.up.main import up as start
    from jobyard_sync.up.plan import Plan

    start(Plan(host=host, port=port, data_dir=data_dir, jobs_root=jobs_root, workers=workers, demo=demo))
