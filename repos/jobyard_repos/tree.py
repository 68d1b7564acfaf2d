"""
List the tree of a commit: what becomes a file, what is left out, or why all of it is refused.

No checkout and no index: so no hook, filter, link or submodule of a repository ever acts. The listing is
checked while it streams in: eight objects can describe a million paths.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobyard_repos.errors import RevisionNotFound, SnapshotError, TreeRefused
from jobyard_repos.hardened import local_call
from jobyard_repos.limits import TreeLimits
from jobyard_repos.notes import Notes
from jobyard_repos.paths import Collisions, hostile, shown, unwanted

FILE_MODES = {b"100644": False, b"100755": True}  # mode -> is it executable
_OTHER_MODES = {b"120000": "it is a symbolic link", b"160000": "it is a submodule"}
_CHUNK = 1 << 16
_LONGEST_RECORD = 1 << 16


@dataclass(frozen=True, kw_only=True)
class TreeFile:
    """A file that belongs into the snapshot."""

    path: str  #: With slashes; passed all rules.
    object_id: str  #: Of the blob, 40 hex digits.
    size: int  #: In bytes, as the mirror says.
    is_executable: bool


def list_tree(mirror: Path, commit_id: str, limits: TreeLimits, notes: Notes) -> list[TreeFile]:
    """
    The files of a commit in the order of the tree.

    Args:
        mirror: Bare repository that holds the commit.
        commit_id: 40 hex digits.
        limits: Checked before anything is written.
        notes: Gets what is left out.

    Raises:
        RevisionNotFound: The mirror lacks the commit or a part of its tree.
        TreeRefused: A limit is crossed, a name is hostile, or two names are one file elsewhere.
    """
    command = ("ls-tree", "-r", "-z", "-l", "--full-tree", commit_id)
    with local_call(mirror, *command, timeout_seconds=limits.timeout_seconds) as process:
        files = _read(_records(process.stdout.fileno()), limits, notes)
        status = process.wait()
        if process.timed_out:
            raise SnapshotError(f"The tree was not listed within {limits.timeout_seconds:g} s.")
        if status != 0:
            raise RevisionNotFound(
                f"The tree of the commit {commit_id} cannot be read: the mirror lacks a part of it, or it is "
                "malformed; fetch again."
            )
    return files


def _records(pipe: int) -> Iterator[bytes]:
    """Split at NUL, as bytes: names may contain line breaks and tabs."""
    rest = b""
    while chunk := os.read(pipe, _CHUNK):
        *records, rest = (rest + chunk).split(b"\0")
        yield from records
        if len(rest) > _LONGEST_RECORD:
            raise TreeRefused(f"The tree has a path of more than {_LONGEST_RECORD} bytes.")


def _read(records: Iterator[bytes], limits: TreeLimits, notes: Notes) -> list[TreeFile]:
    files: list[TreeFile] = []
    collisions = Collisions()
    total = 0
    for count, record in enumerate(records, 1):
        if count > limits.files:
            raise TreeRefused(f"The tree has more than {limits.files} files.")
        file = _read_record(record, limits, notes)
        if file is None:
            continue
        total += file.size
        if total > limits.total_bytes:
            raise TreeRefused(f"The files of the tree have more than {limits.total_bytes} bytes together.")
        if (other := collisions.add(file.path)) is not None:
            raise TreeRefused(
                f"{shown(file.path)} and {shown(other)} are the same file on some systems; rename one."
            )
        files.append(file)
    return files


def _read_record(record: bytes, limits: TreeLimits, notes: Notes) -> TreeFile | None:
    about, _, raw_path = record.partition(b"\t")
    mode, _, object_id, size = about.split()
    path = raw_path.decode(errors="surrogateescape")
    if (reason := hostile(path)) is not None:
        raise TreeRefused(f"The tree contains {shown(path)}: {reason}.")
    reason = _OTHER_MODES.get(mode) or unwanted(path)
    if reason is None and mode not in FILE_MODES:
        reason = f"its mode is {mode.decode()}"
    if reason is None and _number(size, path) > limits.file_bytes:
        reason = f"it has {_number(size, path)} bytes; the limit is {limits.file_bytes}"
    if reason is not None:
        notes.left_out(path, reason)
        return None
    return TreeFile(
        path=path,
        object_id=object_id.decode(),
        size=_number(size, path),
        is_executable=FILE_MODES[mode],
    )


def _number(size: bytes, path: str) -> int:
    try:
        return int(size)
    except ValueError as exc:  # "BAD": the blob is missing
        raise RevisionNotFound(f"The mirror lacks the content of {shown(path)}; fetch again.") from exc
