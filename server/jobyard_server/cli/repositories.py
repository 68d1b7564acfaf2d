"""The work of `jobyard repo …`; needs Django."""

from __future__ import annotations

from typing import Any

from jobyard_server.cli.errors import CommandError, WrongUsageError, field_lines, stderr
from jobyard_server.cli.repository_report import print_repositories, print_repository
from jobyard_server.cli.run_report import print_report, say
from jobyard_server.cli.running import EXIT_CODES
from jobyard_server.cli.waiting import Interrupts, wait_for_end
from jobyard_server.registry.errors import RepositoryErrors
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.repositories import add_repository
from jobyard_server.registry.requests import request_sync
from jobyard_server.runs.components import component_states
from jobyard_server.runs.models import JobResult

LEFT = 4  #: Exit status after Ctrl-C; a sync cannot be cancelled, it goes on.
NO_SYNC = 6


def add(values: dict[str, Any], *, waits: bool) -> int:
    """
    Add a repository with *fields* of ``add_repository``; return the exit status of its first sync.

    Args:
        values: As ``add_repository`` takes them.
        waits: For the end of the sync.

    Raises:
        CommandError: A value was refused.
    """
    try:
        repository = add_repository(**values)
    except RepositoryErrors as exc:
        raise WrongUsageError(field_lines(exc.errors)) from exc
    say(f"Added {repository.name} as {repository.source.key}")
    if repository.ssh_public_key:
        say(f"Deploy key: {repository.ssh_public_key}")
    if not sync_is_alive():
        stderr("No sync part is alive; `jobyard up` or `jobyard sync` will fetch it.")
        return 0
    first = repository.source.results.order_by("-created").first()
    return follow(first or request_sync(repository.source), waits=waits)


def sync(which: str, *, waits: bool, dry_run: bool = False, refresh: bool = False) -> int:
    """
    Request a sync and follow it; return the exit status.

    Raises:
        CommandError: There is no such repository, or nobody would carry the sync out.
    """
    source = find_repository(which).source
    if not sync_is_alive():
        raise CommandError(
            "No sync part is alive, so nothing was requested; start `jobyard up` or `jobyard sync`.",
            exit_code=NO_SYNC,
        )
    return follow(request_sync(source, dry_run=dry_run, refresh=refresh), waits=waits)


def list_all() -> None:
    print_repositories(GitRepository.objects.select_related("source__revision"))


def show(which: str) -> None:
    print_repository(find_repository(which))


def find_repository(which: str) -> GitRepository:
    """
    By slug, name, or key of its source.

    Raises:
        CommandError: There is none.
    """
    known = GitRepository.objects.select_related("source__revision")
    slug = which.removeprefix("git.")
    found = known.filter(slug=slug).first() or known.filter(name=which).first()
    if found is None:
        raise WrongUsageError(f'No repository is called "{which}"; `jobyard repo list` shows the known ones.')
    return found


def follow(result: JobResult, *, waits: bool) -> int:
    """Wait for the end of a sync if wanted, print its log; return the exit status."""
    if not waits:
        say(f"Queued sync of {result.name}: {result.pk}")
        return 0
    say(f"Syncing {result.name}...")
    with Interrupts(second_exit_code=LEFT) as interrupts:
        ended = wait_for_end(result.pk, interrupts, on_interrupt=_leave)
    print_report(ended)
    return EXIT_CODES[ended.status]


def _leave() -> None:
    raise CommandError("Left; the sync goes on.", exit_code=LEFT)


def sync_is_alive() -> bool:
    """Whether somebody would carry a sync out."""
    return component_states().get("sync") == "ok"
