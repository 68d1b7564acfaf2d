"""
Remove trees that others may have filled: never follows a link, whatever the depth.

Library removers recurse, so a deep tree ends them, and change modes by path, so a link swapped in
between leads them elsewhere.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from jobyard_repos.plain_files import OPEN_FOLDER


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder; fine when it is gone already."""
    try:
        parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        _remove_entry(path.name, parent)
    finally:
        os.close(parent)


def _remove_entry(name: str, parent: int) -> None:
    try:
        folder = os.open(name, OPEN_FOLDER, dir_fd=parent)
    except FileNotFoundError:
        return
    except (NotADirectoryError, OSError):  # ELOOP or ENOTDIR: a link or a file
        os.unlink(name, dir_fd=parent)
        return
    try:
        os.fchmod(folder, 0o700)  # snapshots are read-only, for their owner too
        _empty(folder)
    finally:
        os.close(folder)
    os.rmdir(name, dir_fd=parent)


def _empty(top: int) -> None:
    """Flatten while going: a folder below moves up to the top first, so depth needs no descriptors."""
    waiting = _remove_files(top, top)
    while waiting:
        name = waiting.pop()
        folder = os.open(name, OPEN_FOLDER, dir_fd=top)
        try:
            os.fchmod(folder, 0o700)
            waiting += _remove_files(folder, top)
        finally:
            os.close(folder)
        os.rmdir(name, dir_fd=top)


def _remove_files(folder: int, top: int) -> list[str]:
    """Empty *folder* but for its folders, which are in *top* afterwards; returns their names there."""
    with os.scandir(folder) as entries:
        found = [(entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries]
    moved = []
    for name, is_folder in found:
        if not is_folder:
            os.unlink(name, dir_fd=folder)
        elif folder == top:
            moved.append(name)
        else:
            moved.append(_move_up(name, folder, top))
    return moved


def _move_up(name: str, folder: int, top: int) -> str:
    descriptor = os.open(name, OPEN_FOLDER, dir_fd=folder)
    try:
        os.fchmod(descriptor, 0o700)  # its ".." changes, so it must be writable
    finally:
        os.close(descriptor)
    new_name = secrets.token_hex(16)
    os.rename(name, new_name, src_dir_fd=folder, dst_dir_fd=top)
    return new_name
