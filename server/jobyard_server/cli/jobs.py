"""`jobyard job list`."""

from __future__ import annotations

from typing import Annotated

import typer

from jobyard_server.cli.application import make_group
from jobyard_server.cli.connection import connect

job = make_group("The jobs that are known.")


@job.command("list")
def list_jobs(
    everything: Annotated[bool, typer.Option("--all", help="Also jobs that are gone or disabled.")] = False,
) -> None:
    """Class path and name of every job."""
    connect()
    from jobyard_server.cli.repository_report import print_table
    from jobyard_server.registry.models import Job

    jobs = Job.objects.select_related("module__source")
    shown = jobs if everything else jobs.filter(installed=True, enabled=True)
    print_table(("CLASS PATH", "NAME"), [(item.class_path, item.name) for item in shown])
