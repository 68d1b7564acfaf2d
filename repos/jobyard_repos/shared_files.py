"""
Files that several snapshots have in common are one file on disk, linked into each of them.

A push changes a few files of many, so the others cost no space and, more important, no new inode: after
recent removals ext4 needs up to 1 ms for each (it avoids the numbers of deleted files for minutes), which
made a snapshot of 200 files cost 220 ms instead of 6. Nothing depends on this folder: losing it, or any
name in it, only means that the next snapshot writes the file again.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from jobyard_repos.plain_files import OPEN_FOLDER, read_file

NAME = ".files"


_Stamp = tuple[int, int, int, int]  # inode, size, time of the last write, mode

#: Files whose content this process has compared, as they were then, by folder of the store and key. One
#: that was written to since, or replaced, is compared again; so is every one after a restart.
_COMPARED: dict[tuple[str, str], _Stamp] = {}
_MOST_COMPARED = 50_000


class SharedFiles:
    """The shared files of one store, named by content and mode."""

    def __init__(self, store: Path) -> None:
        folder = store / NAME
        folder.mkdir(mode=0o700, exist_ok=True)
        self._place = str(folder)
        self._folder = os.open(folder, OPEN_FOLDER)

    def close(self) -> None:
        os.close(self._folder)

    def link_to(self, key: str, data: bytes, mode: int, name: str, parent: int) -> bool:
        """Make *name* in *parent* the shared file of that key; False when there is none that is intact."""
        try:
            if not self._is_intact(key, data, mode):
                # Short after a loss of power, or edited by hand: what was linked before is found by
                # ``verify``, what comes now gets a good one.
                self._forget(key)
                return False
            os.link(key, name, src_dir_fd=self._folder, dst_dir_fd=parent, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:  # not there, too many links, or a file system without links
            return False
        return True

    def is_untouched(self, key: str) -> bool:
        """Whether this process has compared the file of that key, and nobody wrote to it since."""
        stamp = _COMPARED.get((self._place, key))
        try:
            return stamp is not None and stamp == _stamp_of(
                os.stat(key, dir_fd=self._folder, follow_symlinks=False)
            )
        except OSError:
            return False

    def link(self, key: str, name: str, parent: int) -> None:
        """Make *name* in *parent* the shared file of that key."""
        try:
            os.link(key, name, src_dir_fd=self._folder, dst_dir_fd=parent, follow_symlinks=False)
        except OSError:  # removed a moment ago, or too many links: next time it is written anew
            _COMPARED.pop((self._place, key), None)
            raise

    def offer(self, key: str, name: str, parent: int) -> None:
        """Let later snapshots share the file *name* in *parent*."""
        with contextlib.suppress(OSError):  # somebody offered it already, or no links here
            os.link(name, key, src_dir_fd=parent, dst_dir_fd=self._folder, follow_symlinks=False)
            self._remember(key, os.stat(name, dir_fd=parent, follow_symlinks=False))

    def _is_intact(self, key: str, data: bytes, mode: int) -> bool:
        status, found = read_file(key, self._folder, len(data) + 1)
        if stat.S_IMODE(status.st_mode) != mode or found != data:
            return False
        self._remember(key, status)
        return True

    def _remember(self, key: str, status: os.stat_result) -> None:
        if len(_COMPARED) >= _MOST_COMPARED:
            _COMPARED.clear()
        _COMPARED[self._place, key] = _stamp_of(status)

    def _forget(self, key: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(key, dir_fd=self._folder)


def _stamp_of(status: os.stat_result) -> _Stamp:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_mode


def shared_key(sha256: str, *, is_executable: bool) -> str:
    """The name of a shared file; the mode is a part of it because links share their mode."""
    return f"{sha256}-x" if is_executable else sha256


def forget_unused(store: Path) -> None:
    """Remove shared files that no snapshot has any more."""
    with contextlib.suppress(FileNotFoundError), os.scandir(store / NAME) as entries:
        for entry in entries:
            # Somebody may link it right now: then only the name goes, their link stays.
            with contextlib.suppress(FileNotFoundError):
                if entry.stat(follow_symlinks=False).st_nlink == 1:
                    Path(entry.path).unlink()
