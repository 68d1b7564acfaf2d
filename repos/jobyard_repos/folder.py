"""Turn a folder that people edit in place (JOBS_ROOT) into a snapshot, like a commit."""

from __future__ import annotations

import hashlib
import itertools
import os
import secrets
import stat
import time
from pathlib import Path

from jobyard_repos.draft import Draft
from jobyard_repos.errors import SnapshotError, TreeRefused
from jobyard_repos.folder_walk import Found, open_inside, walk
from jobyard_repos.limits import TreeLimits
from jobyard_repos.notes import Notes
from jobyard_repos.paths import Collisions, hostile, shown, unwanted
from jobyard_repos.plain_files import read_all
from jobyard_repos.snapshot import Snapshot, SnapshotStore

_TRIES = 5
_MOST_LOOKED_AT = 100_000  # names; links to folders can make a small folder endless
# File systems stamp changes with a clock that ticks every 1 to 10 ms (2 s on FAT).
_FRESH_NANOSECONDS = 50_000_000


def take_folder(folder: Path, store: SnapshotStore, limits: TreeLimits) -> Snapshot:
    """
    Copy *folder* into a snapshot, completely or not at all.

    Hidden files, ``__pycache__`` and compiled files are passed over; links count when they stay inside.
    A file that changes while it is read is read again. Safe to repeat: equal content is reused.

    Args:
        folder: May itself be a link; nothing outside what it points to is read.
        store: Gets the snapshot.
        limits: As for a commit.

    Raises:
        TreeRefused: The folder breaks a limit, or two of its names are one file on some systems.
        SnapshotError: It is not there or cannot be read, or writing failed.
    """
    notes = Notes()
    try:
        files = _select(folder, limits, notes)
    except OSError as exc:
        raise SnapshotError(f"The folder {folder} cannot be read ({exc.strerror}); create it.") from exc

    def write(draft: Draft) -> None:
        root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for found in sorted(files, key=lambda item: item.path):
                _copy(root, found, draft, limits, notes)
        finally:
            os.close(root)

    return store.add(write, notes)


def folder_signature(folder: Path) -> str:
    """
    A text that stays the same as long as nothing in *folder* changed; ``""`` when it is not there.

    Made of names, sizes, times and numbers of files, so it costs no reading. Take it before the copy,
    not after. Right after a change two signatures differ although nothing happened in between: a second
    change within one tick of the file system's clock would leave no trace.
    """
    digest = hashlib.sha256()
    is_fresh = False
    now = time.time_ns()
    try:
        for found in itertools.islice(walk(folder), _MOST_LOOKED_AT):
            digest.update(f"{found.path}\0{_stamp(found)}\0".encode(errors="surrogateescape"))
            is_fresh = is_fresh or _is_fresh(found, now)
    except OSError:
        return ""
    if is_fresh:
        digest.update(secrets.token_bytes(16))
    return digest.hexdigest()


def _is_fresh(found: Found, now: int) -> bool:
    # The time of the last change of a file is the one that nobody can set, so never in the future.
    return found.status is not None and abs(now - found.status.st_ctime_ns) < _FRESH_NANOSECONDS


def _stamp(found: Found) -> str:
    status = found.status
    if status is None:
        return found.problem
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino} {status.st_mode}"


def _select(folder: Path, limits: TreeLimits, notes: Notes) -> list[Found]:
    files: list[Found] = []
    collisions = Collisions()
    total = 0
    for count, found in enumerate(walk(folder), 1):
        if count > limits.files:
            raise TreeRefused(f"The folder {folder} has more than {limits.files} files.")
        reason = _reason_against(found, limits)
        if found.status is None or reason is not None:
            notes.left_out(found.path, reason or found.problem)
            continue
        total += found.status.st_size
        if total > limits.total_bytes:
            raise TreeRefused(f"The files in {folder} have more than {limits.total_bytes} bytes together.")
        if (other := collisions.add(found.path)) is not None:
            raise TreeRefused(
                f"{shown(found.path)} and {shown(other)} are the same file on some systems; rename one."
            )
        files.append(found)
    return files


def _reason_against(found: Found, limits: TreeLimits) -> str | None:
    if found.status is None:
        return found.problem
    if found.status.st_size > limits.file_bytes:
        return f"it has {found.status.st_size} bytes; the limit is {limits.file_bytes}"
    return hostile(found.path) or unwanted(found.path)


def _copy(root: int, found: Found, draft: Draft, limits: TreeLimits, notes: Notes) -> None:
    try:
        data, mode = _read_at_rest(root, found, limits)
    except FileNotFoundError:
        return  # removed since it was listed, as if we had come later
    except OSError as exc:
        notes.left_out(found.path, f"it cannot be read ({exc.strerror})")
        return
    draft.add(found.path, data, is_executable=bool(mode & stat.S_IXUSR))
    if draft.size_bytes > limits.total_bytes:
        raise TreeRefused(f"The files of the folder have more than {limits.total_bytes} bytes together.")


def _read_at_rest(root: int, found: Found, limits: TreeLimits) -> tuple[bytes, int]:
    """Content and mode of a file, read until nobody wrote to it meanwhile."""
    for _ in range(_TRIES):
        descriptor = open_inside(root, found.target)
        try:
            before = os.fstat(descriptor)
            data = read_all(descriptor, min(before.st_size, limits.file_bytes) + 1)
            after = os.fstat(descriptor)
        finally:
            os.close(descriptor)
        if _identity(before) == _identity(after) and len(data) == after.st_size:
            return data, after.st_mode
    raise SnapshotError(f"{shown(found.path)} keeps changing while it is read; try again later.")


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (stat.S_IFMT(status.st_mode), status.st_size, status.st_mtime_ns, status.st_ctime_ns)
