"""`jobyard scan`: read JOBS_ROOT now."""

from __future__ import annotations

import typer

from jobyard_server.cli.connection import connect


def scan() -> None:
    """
    Read every file of JOBS_ROOT and of the plugins anew, also what did not change, and publish it.

    Exit status: 0 all loaded, 1 a module has an error, which is printed.
    """
    connect()
    from jobyard_server.registry.models import GIT, Module
    from jobyard_sync.scan import scan_folder

    scan_folder()
    modules = Module.objects.exclude(source__kind=GIT).filter(is_installed=True)
    broken = [module for module in modules if module.load_error]
    for module in broken:
        error = module.load_error or {}
        typer.echo(f"{module.path}:{error.get('line') or ''} {error.get('message', '')}")
    typer.echo(f"{len(modules)} modules, {len(broken)} with an error")
    raise typer.Exit(1 if broken else 0)
