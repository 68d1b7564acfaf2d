"""`jobyard repo …`: the Git repositories that jobs come from."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from jobyard_server.cli.application import make_group
from jobyard_server.cli.connection import connect
from jobyard_server.cli.errors import WrongUsageError

repo = make_group("Git repositories that jobs come from.")

WhichArgument = Annotated[str, typer.Argument(metavar="REPOSITORY", help="Its name or its slug.")]
RevisionArgument = Annotated[
    str, typer.Argument(metavar="REVISION", help="Commit, or at least its first four digits.")
]
WaitOption = Annotated[bool, typer.Option("--wait/--no-wait", help="Wait for the sync and print its log.")]


@repo.command("add")
def add_repo(
    *,
    name: Annotated[str, typer.Argument(help="Name for people.")],
    url: Annotated[
        str,
        typer.Argument(help="Remote address: https://…, ssh://… or user@host:path (file://… where allowed)."),
    ],
    branch: Annotated[str, typer.Option(help="Branch, tag or full commit hash to follow.")] = "main",
    slug: Annotated[str, typer.Option(help="First part of class paths; made from the name if omitted.")] = "",
    username: Annotated[str, typer.Option(help="User name that the server wants with the token.")] = "",
    token_file: Annotated[
        str, typer.Option("--token-file", metavar="FILE", help="File with the access token; - for stdin.")
    ] = "",
    ssh_key_file: Annotated[
        str,
        typer.Option(
            "--ssh-key-file",
            metavar="FILE",
            help="Private key for an ssh address; the word generate has one made here.",
        ),
    ] = "",
    poll_interval: Annotated[
        int, typer.Option(help="Seconds between two looks at the remote; 0: not by the clock.")
    ] = 60,
    signatures: Annotated[
        str,
        typer.Option(
            help="What has to be signed: off, warn, require, tag, tagAndHead or strictSince:COMMIT."
        ),
    ] = "off",
    job_paths: Annotated[
        list[str] | None,
        typer.Option("--job-path", help="Folder of job files (. is the root); may be given several times."),
    ] = None,
    strict: Annotated[bool, typer.Option(help="Publish a commit in whole or not at all.")] = False,
    auto_enable: Annotated[
        bool, typer.Option(help="New jobs may be run at once, or only after somebody has enabled them.")
    ] = True,
    wait: WaitOption = True,
) -> None:
    """Add a repository and sync it; exit status as for `jobyard repo sync`."""
    secrets = {"token": read_secret(token_file) if token_file else ""}
    if ssh_key_file:
        secrets["ssh_key"] = ssh_key_file if ssh_key_file == "generate" else read_secret(ssh_key_file)
    connect()
    from jobyard_server.cli.repositories import add

    code = add(
        {
            "name": name,
            "remote_url": url,
            "branch": branch,
            "slug": slug,
            "username": username,
            "poll_interval": poll_interval,
            "signature_policy": signatures,
            **secrets,
            "job_paths": job_paths or None,
            "strict": strict,
            "auto_enable": auto_enable,
        },
        waits=wait,
    )
    raise typer.Exit(code)


@repo.command("list")
def list_repos() -> None:
    """All repositories: slug, what they follow, the commit in service, the state of the last sync."""
    connect()
    from jobyard_server.cli.repositories import list_all

    list_all()


@repo.command("show")
def show_repo(which: WhichArgument) -> None:
    """One repository with its modules, their jobs and the errors that keep a newer version out of service."""
    connect()
    from jobyard_server.cli.repositories import show

    show(which)


@repo.command("sync")
def sync_repo(
    which: WhichArgument,
    wait: WaitOption = True,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would change; nothing is published.")
    ] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Import every module again, also those that did not change.")
    ] = False,
) -> None:
    """
    Fetch now and publish what is new.

    Exit status: 0 completed (or queued with --no-wait), 1 a module has errors or a rule keeps the commit
    out of service, 2 no such repository,
    3 nothing could be read, 4 interrupted (the sync goes on), 6 no sync part is alive.
    """
    connect()
    from jobyard_server.cli.repositories import sync

    raise typer.Exit(sync(which, waits=wait, dry_run=dry_run, refresh=refresh))


@repo.command("revisions")
def list_revisions(
    which: WhichArgument,
    count: Annotated[int, typer.Option("-n", min=1, max=1000, help="How many, newest first.")] = 20,
) -> None:
    """The timeline: when which commit was put into service or kept out of it, by whom, and what changed."""
    connect()
    from jobyard_server.cli.revisions import show_timeline

    show_timeline(which, count)


@repo.command("diff")
def diff_revisions(
    which: WhichArgument,
    old: RevisionArgument,
    new: Annotated[str, typer.Argument(help="The later one; what is in service if omitted.")] = "",
) -> None:
    """Files and jobs that differ between two published revisions."""
    connect()
    from jobyard_server.cli.revisions import show_differences

    show_differences(which, old, new)


@repo.command("rollback")
def roll_back_repo(
    which: WhichArgument,
    revision: RevisionArgument,
    reason: Annotated[str, typer.Option(help="For those who look at the timeline.")] = "",
    wait: WaitOption = True,
) -> None:
    """
    Put an earlier revision into service; what is in service now goes into quarantine.

    No sync brings a commit in quarantine back; a newer commit ends the rollback.
    """
    connect()
    from jobyard_server.cli.revisions import decide_rollback

    raise typer.Exit(decide_rollback(which, revision, reason, waits=wait))


@repo.command("pin")
def pin_repo(which: WhichArgument, revision: RevisionArgument, wait: WaitOption = True) -> None:
    """Keep a published revision in service until it is unpinned, whatever is pushed."""
    connect()
    from jobyard_server.cli.revisions import decide_pin

    raise typer.Exit(decide_pin(which, revision, waits=wait))


@repo.command("unpin")
def unpin_repo(which: WhichArgument, wait: WaitOption = True) -> None:
    """Follow the branch again."""
    connect()
    from jobyard_server.cli.revisions import decide_unpin

    raise typer.Exit(decide_unpin(which, waits=wait))


@repo.command("confirm")
def confirm_repo(
    which: WhichArgument,
    commit: Annotated[str, typer.Option(help="The commit that was looked at; another one is refused.")] = "",
    wait: WaitOption = True,
) -> None:
    """Let a push that would remove many jobs go ahead; `jobyard repo show` says which."""
    connect()
    from jobyard_server.cli.revisions import decide_confirm

    raise typer.Exit(decide_confirm(which, commit, waits=wait))


def read_secret(file: str) -> str:
    """
    The text of *file* (``-``: standard input) without the line end; never an argument others could read.

    Raises:
        WrongUsageError: It cannot be read or is empty.
    """
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise WrongUsageError(f"The file {file} cannot be read ({exc}).") from exc
    if not text.strip():
        raise WrongUsageError(f"The file {file} is empty.")
    return text.rstrip("\r\n")
