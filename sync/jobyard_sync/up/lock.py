"""One `jobyard up` per data folder."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jobyard_sync.up.errors import AlreadyRunningError


@contextmanager
def data_folder_lock(data_dir: Path) -> Iterator[None]:
    """
    Hold *data_dir* for this process and its end, however it comes.

    Raises:
        AlreadyRunningError: Another process holds it.
    """
    if not data_dir.exists():
        data_dir.mkdir(parents=True)
        data_dir.chmod(0o711)  # whatever the umask: the account of the embedded server must get through
    descriptor = os.open(data_dir / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, data_dir)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, data_dir: Path) -> None:
    # A POSIX record lock, not flock: forked parts must not keep it when the parent was killed.
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
        raise AlreadyRunningError(
            f"jobyard already runs on {data_dir} (process {holder}); stop it, or use another --data-dir."
        ) from None
