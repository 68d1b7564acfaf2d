"""The work of `jobyard repo revisions|diff|rollback|pin|unpin|confirm`; needs Django."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jobyard_server.cli.errors import CommandError, WrongUsageError, stderr
from jobyard_server.cli.repositories import find_repository, follow, sync_is_alive
from jobyard_server.cli.run_report import say
from jobyard_server.registry.decisions import confirm, find_revision, pin, roll_back, unpin
from jobyard_server.registry.errors import FilesGone, Undecidable
from jobyard_server.registry.history import compare_jobs, events_of
from jobyard_server.registry.history_models import RevisionEvent
from jobyard_server.registry.models import GitRepository, Revision
from jobyard_server.registry.revision_files import changed_between
from jobyard_server.runs.models import JobResult

UNDECIDED = 1
SAVED = "No sync part is alive; the decision is stored, and `jobyard up` or `jobyard sync` carries it out."


def show_timeline(which: str, count: int) -> None:
    for event in events_of(find_repository(which).source)[:count]:
        print("\n".join(_event_lines(event)))


def show_differences(which: str, old: str, new: str) -> None:
    repository = find_repository(which)
    before = _revision(repository, old)
    after = _revision(repository, new) if new else repository.source.revision
    if after is None:
        raise WrongUsageError(f"Nothing of {repository.name} is in service; name the later revision.")
    print(f"{before.short} -> {after.short}")
    try:
        for item in changed_between(before, after):
            print(f"  {item.kind} - {item.old_path + ' -> ' if item.old_path else ''}{item.path}")
    except FilesGone as exc:
        stderr(str(exc))
    changes = compare_jobs(before, after)
    if changes is None:
        stderr("One of them was never in service, so what its jobs looked like is not known.")
    else:
        print("\n".join(change_lines(changes)) or "  no job differs")


def decide_rollback(which: str, revision: str, reason: str, *, waits: bool) -> int:
    repository = find_repository(which)
    target = _revision(repository, revision)
    return _decide(lambda: roll_back(repository, target, reason=reason), waits=waits)


def decide_pin(which: str, revision: str, *, waits: bool) -> int:
    repository = find_repository(which)
    target = _revision(repository, revision)
    return _decide(lambda: pin(repository, target), waits=waits)


def decide_unpin(which: str, *, waits: bool) -> int:
    repository = find_repository(which)
    return _decide(lambda: unpin(repository), waits=waits)


def decide_confirm(which: str, commit: str, *, waits: bool) -> int:
    repository = find_repository(which)
    return _decide(lambda: confirm(repository, commit=commit), waits=waits)


def change_lines(changes: dict[str, Any]) -> Iterator[str]:
    """What an event or a comparison tells of jobs, a line each."""
    for word in ("added", "returned", "removed"):
        yield from (f"  {word} {path}" for path in changes.get(word, ()))
    for item in changes.get("renamed", ()):
        yield f"  renamed {item['old']} -> {item['new']}"
    for item in changes.get("changed", ()):
        variables = [f"{part['change']} variable {part['name']}" for part in item["variables"]]
        fields = [part["name"] for part in item["fields"]]
        yield f"  changed {item['job']}: {', '.join([*fields, *variables])}"


def _event_lines(event: RevisionEvent) -> Iterator[str]:
    who = f" by {event.user}" if event.user else ""
    cause = "" if event.cause == "sync" else f", {event.get_cause_display().lower()}"
    title = next(iter(event.revision.message.splitlines()), "")
    head = f"{event.created:%Y-%m-%d %H:%M:%S} {event.revision.short} {event.get_kind_display()}{cause}{who}"
    yield f"{head}: {title} ({event.revision.author})" if title else head
    yield from change_lines(event.changes)
    for error in event.errors:
        place = f"{error['path']}:{error['line']}" if error["line"] else error["path"]
        yield f"  error in {error['module']}: {place}: {error['message']}"
    for item in event.broken_inputs:
        what = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in item["errors"].items())
        yield f"  no longer fits: {item['what']}: {what}"


def _decide(decision: Callable[[], JobResult], *, waits: bool) -> int:
    try:
        result = decision()
    except Undecidable as exc:
        raise CommandError(str(exc), exit_code=UNDECIDED) from exc
    if not sync_is_alive():
        say(SAVED)
        return 0
    return follow(result, waits=waits)


def _revision(repository: GitRepository, text: str) -> Revision:
    try:
        return find_revision(repository.source, text)
    except Undecidable as exc:
        raise WrongUsageError(str(exc)) from exc
