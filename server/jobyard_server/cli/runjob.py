"""`jobyard runjob`: run a job from a shell or a script; `nautobot-server runjob` is the same command."""

from __future__ import annotations

from typing import Annotated

import typer

from jobyard_server.cli.connection import connect
from jobyard_server.cli.runjob_data import check_form, parse_files, read_data


def runjob(
    *,
    class_path: Annotated[
        str, typer.Argument(help="The job, such as local/first_steps/Hello or git.demo/greetings/Greet.")
    ],
    commit: Annotated[bool, typer.Option("--commit", help="Keep the changes; else a dry run.")] = False,
    username: Annotated[
        str, typer.Option("--username", "-u", help="Run as this user, who must be allowed to.")
    ] = "",
    data: Annotated[
        str, typer.Option("--data", "-d", help="Inputs: a JSON object, @FILE, or @- for standard input.")
    ] = "",
    file: Annotated[
        list[str] | None, typer.Option("--file", metavar="VAR=PATH", help="A file input; may be repeated.")
    ] = None,
    profile: Annotated[
        bool, typer.Option("--profile", help="Measure run(), and keep the profile for Python's pstats.")
    ] = False,
    local: Annotated[
        bool, typer.Option("--local", "-l", help="Run on this host instead of giving it to a worker.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait for the end, or print the result id and return.")
    ] = True,
) -> None:
    """
    Run a job; a dry run unless --commit is given.

    Exit status: 0 completed (or queued with --no-wait), 1 failed, 2 not started, 3 errored,
    4 cancelled, 5 timed out, 6 no live worker.
    """
    check_form(class_path)
    values = read_data(data)
    files = parse_files(file or [])
    connect()
    from jobyard_server.cli.running import Order, carry_out

    order = Order(
        class_path=class_path,
        commit=commit,
        username=username,
        data=values,
        files=files,
        is_profiled=profile,
        is_local=local,
        waits=wait or local,
    )
    raise typer.Exit(carry_out(order))
