"""Errors of modules with the lines of code around the place, and where the forge shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jobyard_server.registry.errors import FilesGone
from jobyard_server.registry.job_code import forge_link
from jobyard_server.registry.models import Module, Revision, Source
from jobyard_server.registry.revision_files import RevisionFiles
from jobyard_server.ui.code import CodeLine, extract

MOST_EXTRACTS = 20  #: On one page.


@dataclass(frozen=True, kw_only=True)
class BrokenModule:
    """A module that does not load, as ``_load_error.html`` shows it."""

    module: Module
    lines: list[CodeLine]
    url: str  #: Of the forge; may be empty.


def broken_modules(modules: Iterable[Module]) -> list[BrokenModule]:
    """
    Args:
        modules: With a ``load_error``; their source and its repository loaded.
    """
    rows = list(modules)
    commits = {row.load_error.get("commit", "") for row in rows if row.load_error}
    sources = {row.source_id for row in rows}
    known = Revision.objects.filter(source__in=sources, identifier__in=commits).select_related(
        "source__git_repository"
    )
    revisions = {(item.source_id, item.identifier): item for item in known}
    return [
        _broken(row, revisions.get((row.source_id, (row.load_error or {}).get("commit", ""))), number)
        for number, row in enumerate(rows)
    ]


def _broken(module: Module, revision: Revision | None, number: int) -> BrokenModule:
    error: dict[str, Any] = module.load_error or {}
    path, line = error.get("path") or module.path, int(error.get("line") or 0)
    if revision is None:
        return BrokenModule(module=module, lines=[], url="")
    return BrokenModule(
        module=module,
        lines=extract_of(revision, path, line) if number < MOST_EXTRACTS else [],
        url=link_of(module.source, revision, path, line),
    )


def extract_of(revision: Revision, path: str, line: int) -> list[CodeLine]:
    """The code around a line; nothing when it cannot be read here."""
    if not line:
        return []
    try:
        return extract(RevisionFiles(revision).read(path).decode(errors="replace"), path, line)
    except FilesGone:
        return []


def link_of(source: Source, revision: Revision, path: str, line: int) -> str:
    return forge_link(source, revision, path, line or None)
