"""Repositories as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jobyard_server.registry.history_models import HeldPush
from jobyard_server.registry.models import GitRepository, Module, Source
from jobyard_server.registry.quarantine import quarantined, why_in_quarantine

HEADINGS = ("SOURCE", "NAME", "FOLLOWS", "COMMIT", "STATE", "URL")
HELD = "waits for confirmation"
ALL_GOOD, SYNCING, BROKEN_MODULES, UNREADABLE, NEVER = "ok", "syncing", "load errors", "error", "never synced"


def print_repositories(repositories: Iterable[GitRepository]) -> None:
    print_table(HEADINGS, [_row(repository) for repository in repositories])


def print_repository(repository: GitRepository) -> None:
    source = repository.source
    facts = {
        "source": source.key,
        "name": repository.name,
        "url": repository.remote_url,
        "follows": repository.branch,
        "job paths": ", ".join(repository.job_paths),
        "commit": repository.current_head or "-",
        "state": state(source),
        "last sync": f"{source.last_synced:%Y-%m-%d %H:%M:%S %Z}" if source.last_synced else "-",
    }
    for name, value in facts.items():
        print(f"{name + ':':<11}{value}")
    if source.error:
        print(f"{'error:':<11}{source.error}")
    for line in _decisions(repository, source):
        print(line)
    for module in source.modules.prefetch_related("jobs").select_related("revision"):
        _print_module(module)


def state(source: Source) -> str:
    """One word for people; the first that applies."""
    if source.is_syncing:
        return SYNCING
    if HeldPush.objects.filter(source=source, confirmed_at__isnull=True).exists():
        return HELD
    if source.error:
        return UNREADABLE
    if source.last_synced is None:
        return NEVER
    return BROKEN_MODULES if source.modules.exclude(load_error=None).exists() else ALL_GOOD


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell."""
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    for row in [headings, *rows]:
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())


def _decisions(repository: GitRepository, source: Source) -> Iterator[str]:
    """What people decided about revisions, and what waits for such a decision."""
    if repository.pinned_commit:
        yield f"{'pinned:':<11}{repository.pinned_commit} until `jobyard repo unpin`"
    for row in quarantined(source) if repository.rolled_back_to else ():
        yield f"{'quarantine:':<11}{why_in_quarantine(row)}"
    held = HeldPush.objects.select_related("revision").filter(source=source).first()
    if held is not None:
        yield (
            f"{'waiting:':<11}commit {held.revision.short} would remove {len(held.removed)} of"
            f" {held.job_count} jobs; `jobyard repo confirm` lets it go ahead:"
        )
        yield from (f"{'':<11}{path}" for path in held.removed)


def _row(repository: GitRepository) -> tuple[str, ...]:
    return (
        repository.source.key,
        repository.name,
        repository.branch,
        repository.current_head[:12] or "-",
        state(repository.source),
        repository.remote_url,
    )


def _print_module(module: Module) -> None:
    version = f" at {module.revision.short}" if module.revision else ""
    print(f"\n{module.path}{version}{'' if module.is_installed else ' (gone from its source)'}")
    for job in module.jobs.all():
        print(f"  {job.class_path}{'' if job.installed else ' (not installed)'}: {job.name}")
    if module.load_error:
        _print_error(module.load_error)


def _print_error(error: dict[str, object]) -> None:
    place = f"{error.get('path')}:{error.get('line')}" if error.get("line") else error.get("path")
    print(f"  error at commit {str(error.get('commit'))[:12]}: {place}: {error.get('message')}")
    for line in str(error.get("traceback") or "").splitlines():
        print(f"    {line}")
