"""
The mirror on disk: made by us, compared with what we made before each use, otherwise made anew.

A planted hook, an alternate object store or a line of configuration would make git run or read
something else. Nothing is lost by starting over: everything in a mirror came from its remote.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from jobyard_repos.removal import remove

_HEAD = b"ref: refs/heads/none\n"
_CONFIG = b"[core]\n\trepositoryformatversion = 0\n\tfilemode = false\n\tbare = true\n"
_FOLDERS = ("objects", "objects/info", "objects/pack", "refs", "refs/sync")
_KNOWN = {"HEAD", "config", "objects", "refs", "shallow", "packed-refs"}
_KNOWN_OBJECT_FILES = {"info", "pack"}
_HEX_FOLDER_LENGTH = 2


def prepare(folder: Path) -> bool:
    """
    Make *folder* a usable mirror under the lock of its owner; true when it was made anew.

    Left-overs of a fetch that was killed (locks, half packs) go away: whoever holds the lock of the
    mirror holds it together with its git processes, so nobody is using them any more.
    """
    if _is_ours(folder):
        remove_leftovers(folder)
        return False
    _remove_remains(folder)
    replace(folder, make_draft(folder))
    return True


def make_draft(folder: Path) -> Path:
    """An empty mirror beside *folder*, which ``replace`` puts into its place."""
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = folder.with_name(f"{folder.name}.draft-{secrets.token_hex(8)}")
    draft.mkdir(mode=0o700)
    for name in _FOLDERS:
        (draft / name).mkdir(mode=0o700)
    (draft / "HEAD").write_bytes(_HEAD)
    (draft / "config").write_bytes(_CONFIG)
    return draft


def replace(folder: Path, draft: Path) -> None:
    """Put *draft* in the place of whatever is there."""
    trash = folder.with_name(f"{folder.name}.trash-{secrets.token_hex(8)}")
    if os.path.lexists(folder):
        folder.rename(trash)
    draft.rename(folder)
    remove(trash)


def discard(folder: Path) -> None:
    """Remove a mirror and what is left of earlier ones."""
    remove(folder)
    _remove_remains(folder)


def _remove_remains(folder: Path) -> None:
    """Of a process that was killed while it made or replaced a mirror."""
    for kind in ("draft", "trash"):
        for path in folder.parent.glob(f"{folder.name}.{kind}-*"):
            remove(path)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed git processes left behind; a stale lock would stop every later fetch."""
    locks = [*folder.glob("*.lock"), *(folder / "refs").rglob("*.lock")]
    halves = [*(folder / "objects").glob("tmp_*"), *(folder / "objects/pack").glob("tmp_*")]
    for path in (*locks, *halves, *(folder / "objects/pack").glob(".tmp-*")):
        remove(path)


def _is_ours(folder: Path) -> bool:
    try:
        return _is_private(folder) and _has_known_content(folder)
    except OSError:  # something is missing, or is not what its name says
        return False


def _is_private(folder: Path) -> bool:
    status = os.lstat(folder)
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _has_known_content(folder: Path) -> bool:
    names = {path.name.removesuffix(".lock") for path in folder.iterdir()}
    if not names <= _KNOWN or not all(_is_folder(folder / name) for name in _FOLDERS):
        return False
    if _read_plain(folder / "HEAD") != _HEAD or _read_plain(folder / "config") != _CONFIG:
        return False
    return _has_own_objects_only(folder / "objects")


def _has_own_objects_only(objects: Path) -> bool:
    """No alternates, no promise of another place that has the rest."""
    names = {path.name for path in objects.iterdir()} - _KNOWN_OBJECT_FILES
    if any(len(name) != _HEX_FOLDER_LENGTH and not name.startswith("tmp_") for name in names):
        return False
    elsewhere = [*(objects / "info").glob("*alternates*"), *(objects / "pack").glob("*.promisor")]
    return not elsewhere


def _is_folder(path: Path) -> bool:
    return stat.S_ISDIR(os.lstat(path).st_mode)


def _read_plain(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(4096)
