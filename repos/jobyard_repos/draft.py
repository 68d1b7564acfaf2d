"""A snapshot while it is written: in a folder of its own name, so a crash never stands in anybody's way."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from jobyard_repos.fail_points import fail_point
from jobyard_repos.manifest import ManifestEntry, digest_of, write_manifest
from jobyard_repos.plain_files import OPEN_FOLDER
from jobyard_repos.removal import remove
from jobyard_repos.shared_files import SharedFiles, shared_key

PREFIX = ".draft-"
TREE = "tree"  # the root that job code sees
MANIFEST = "manifest"
FILE_MODE, EXECUTABLE_MODE, FOLDER_MODE = 0o444, 0o555, 0o555

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class Draft:
    """
    Writes files through descriptors of folders, so no link can lead a write elsewhere.

    As a context manager it removes what was not published. While it lives it holds a lock on its
    folder, which tells ``remove_if_abandoned`` that somebody is at work.
    """

    def __init__(self, store: Path) -> None:
        self.folder, self._lock = _make_locked_folder(store)
        self.size_bytes = 0
        self._entries: list[ManifestEntry] = []
        self._names: list[str] = []  # the folders that are open now, from the root down
        self._open = [_make_folder(TREE, self._lock)]
        self._shared = SharedFiles(store)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        while self._open:
            os.close(self._open.pop())
        self._shared.close()
        # Gone already when it was published: then it has another name.
        remove(self.folder)
        os.close(self._lock)

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of each file by its path."""
        return {entry.path: entry.sha256 for entry in self._entries}

    def add(self, path: str, data: bytes, *, is_executable: bool) -> str:
        """
        Write one file. Files of one folder must come together, as they do in sorted order.

        Returns:
            The SHA-256 of *data*.

        Raises:
            OSError: Whatever writing can meet, as FileExistsError for a path that is there already.
        """
        *folders, name = path.split("/")
        self._enter(folders)
        digest = hashlib.sha256(data).hexdigest()
        key = shared_key(digest, is_executable=is_executable)
        mode = EXECUTABLE_MODE if is_executable else FILE_MODE
        if not self._shared.link_to(key, data, mode, name, self._open[-1]):
            _write_file(name, self._open[-1], data, mode)
            self._shared.offer(key, name, self._open[-1])
        self._note(path, digest, len(data), is_executable=is_executable)
        return digest

    def can_link(self, sha256: str, *, is_executable: bool) -> bool:
        """Whether a file of that content is at hand that this process compared and nobody touched since."""
        return self._shared.is_untouched(shared_key(sha256, is_executable=is_executable))

    def link(self, path: str, sha256: str, size: int, *, is_executable: bool) -> None:
        """As :meth:`add`, for what :meth:`can_link` said yes to; reads nothing."""
        *folders, name = path.split("/")
        self._enter(folders)
        self._shared.link(shared_key(sha256, is_executable=is_executable), name, self._open[-1])
        self._note(path, sha256, size, is_executable=is_executable)

    def _note(self, path: str, sha256: str, size: int, *, is_executable: bool) -> None:
        self.size_bytes += size
        self._entries.append(ManifestEntry(path=path, is_executable=is_executable, size=size, sha256=sha256))

    def finish(self) -> str:
        """
        Write the manifest and make everything read-only; returns the digest.

        Only manifest and folder are forced to disk. One fsync for each file would cost 80 ms for 200
        files and 700 ms for 800, syncfs waits for everybody else's data too; this costs 2 ms. A crash
        of the process loses nothing by it. If the machine loses power within the seconds until the
        kernel wrote the files, ``verify`` finds the short ones by the manifest, and the snapshot is made
        again from the mirror, whose packs git does force to disk.
        """
        self._leave(0)
        _close_read_only(self._open.pop())
        fail_point("before_fsync")
        manifest = write_manifest(self._entries)
        _write_file(MANIFEST, self._lock, manifest, FILE_MODE, to_disk=True)
        os.fchmod(self._lock, FOLDER_MODE)
        os.fsync(self._lock)
        fail_point("after_fsync")
        return digest_of(manifest)

    def _enter(self, folders: list[str]) -> None:
        common = 0
        while common < min(len(folders), len(self._names)) and folders[common] == self._names[common]:
            common += 1
        self._leave(common)
        for name in folders[common:]:
            self._open.append(_make_folder(name, self._open[-1]))
            self._names.append(name)

    def _leave(self, depth: int) -> None:
        while len(self._names) > depth:
            self._names.pop()
            _close_read_only(self._open.pop())


def remove_if_abandoned(folder: Path) -> bool:
    """Remove a draft unless somebody writes or removes it; the lock of a dead process is free."""
    try:
        descriptor = os.open(folder, OPEN_FOLDER)
    except OSError:  # no folder, or gone
        remove(folder)
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        remove(folder)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _make_locked_folder(store: Path) -> tuple[Path, int]:
    while True:
        folder = store / f"{PREFIX}{secrets.token_hex(8)}"
        folder.mkdir(mode=0o700)
        descriptor = os.open(folder, OPEN_FOLDER)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return folder, descriptor
        # A cleaner saw the folder in the instant before it was locked.
        os.close(descriptor)


def _make_folder(name: str, parent: int) -> int:
    os.mkdir(name, 0o700, dir_fd=parent)
    return os.open(name, OPEN_FOLDER, dir_fd=parent)


def _close_read_only(descriptor: int) -> None:
    os.fchmod(descriptor, FOLDER_MODE)
    os.close(descriptor)


def _write_file(name: str, parent: int, data: bytes, mode: int, *, to_disk: bool = False) -> None:
    with os.fdopen(os.open(name, _NEW_FILE, mode, dir_fd=parent), "wb", buffering=0) as file:
        os.fchmod(file.fileno(), mode)  # whatever the umask is
        view = memoryview(data)
        while view:
            view = view[file.write(view) :]
        if to_disk:
            os.fsync(file.fileno())
