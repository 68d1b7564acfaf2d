"""`jobyard web`, `worker` and `scheduler`: one part alone, for several machines."""

from __future__ import annotations

from typing import Annotated

import typer

from jobyard_server.cli.connection import connect
from jobyard_server.cli.errors import CommandError, reason_of

HostOption = Annotated[str, typer.Option(help="Address to listen on.")]
PortOption = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 picks a free one.")]


def web(host: HostOption = "127.0.0.1", port: PortOption = 8080) -> None:
    """The pages and the REST API alone."""
    start_part()
    from jobyard_server.listener import address, listen
    from jobyard_server.web import serve

    try:
        listener = listen(host, port)
    except OSError as exc:
        raise CommandError(
            f"The web part cannot listen on {host} port {port} ({reason_of(exc)}); use another --port."
        ) from exc
    serve(listener, lambda: typer.echo(f"ready {address(listener)}"))


def worker(
    queues: Annotated[
        str, typer.Option(help="Queues to take runs from, separated by commas, the most urgent one first.")
    ] = "default",
) -> None:
    """A worker alone: takes runs from its queues and supervises them."""
    names = [name.strip() for name in queues.split(",") if name.strip()]
    if not names:
        raise typer.BadParameter("name at least one queue", param_hint="--queues")
    start_part()
    from jobyard_server.runs.errors import InvalidQueue
    from jobyard_server.runs.queues import served_queues
    from jobyard_server.worker.main import work

    try:
        served = served_queues(names)
    except InvalidQueue as exc:
        raise typer.BadParameter(
            f"{exc.queue!r} cannot be a queue; use letters, digits, dots, - and _", param_hint="--queues"
        ) from exc
    work(served)


def scheduler() -> None:
    """The scheduler alone: starts what is due, looks after lost runs."""
    start_part()
    from jobyard_server.scheduler.main import schedule

    schedule()


def start_part() -> None:
    """What every part does first: Django, and its log as JSON lines on standard error."""
    connect()
    from jobyard_server.lifecycle import configure_logging

    configure_logging()
