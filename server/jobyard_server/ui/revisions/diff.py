"""The differences of a file as lines for a page."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jobyard_server.registry.errors import FilesGone
from jobyard_server.registry.models import Revision
from jobyard_server.registry.publish_terms import FileChange
from jobyard_server.registry.revision_files import RevisionFiles

MOST_FILES = 100  #: Whose lines are compared on one page.
MOST_LINES = 3_000  #: Of one file.
_WORDS = {"+": "added", "-": "removed", "@": "place", " ": "same"}


@dataclass(frozen=True, kw_only=True)
class DiffLine:
    """One line; ``word`` says what became of it, for the class and for screen readers."""

    word: str
    text: str


@dataclass(frozen=True, kw_only=True)
class FileDiff:
    """A changed file; without lines, ``remark`` says why."""

    change: FileChange
    lines: list[DiffLine]
    remark: str = ""


def file_diffs(old: Revision, new: Revision, changes: Sequence[FileChange]) -> list[FileDiff]:
    """Each of *changes* with its lines, as far as they can be shown."""
    before, after = RevisionFiles(old), RevisionFiles(new)
    diffs = [_diff(change, before, after) for change in changes[:MOST_FILES]]
    late = "Too many files differ to compare all of them here."
    return [*diffs, *(FileDiff(change=item, lines=[], remark=late) for item in changes[MOST_FILES:])]


def _diff(change: FileChange, before: RevisionFiles, after: RevisionFiles) -> FileDiff:
    try:
        old = "" if change.kind == "Addition" else _text(before, change.old_path or change.path)
        new = "" if change.kind == "Deletion" else _text(after, change.path)
    except FilesGone as exc:
        return FileDiff(change=change, lines=[], remark=str(exc))
    if "\0" in old or "\0" in new:
        return FileDiff(change=change, lines=[], remark="This is no text.")
    left, right = old.splitlines(), new.splitlines()
    if max(len(left), len(right)) > MOST_LINES:
        return FileDiff(change=change, lines=[], remark="The file is too long to be compared here.")
    lines = list(_lines(left, right))
    return FileDiff(change=change, lines=lines, remark="" if lines else "The content is the same.")


def _lines(left: list[str], right: list[str]) -> Iterator[DiffLine]:
    for line in list(difflib.unified_diff(left, right, lineterm="", n=3))[2:]:
        is_place = line.startswith("@")
        yield DiffLine(word=_WORDS[line[:1] or " "], text=line if is_place else line[1:])


def _text(files: RevisionFiles, path: str) -> str:
    return files.read(path).decode(errors="replace")
