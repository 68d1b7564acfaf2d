"""
Keeps clean-up away from snapshots that are complete on disk but not yet in the database.

A lock of the kernel on a file of this host, since the snapshots are on this host too; it ends with its
process, however that ends.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def using_snapshots(lock_file: Path) -> Iterator[None]:
    """No snapshot is removed while the block runs; waits for a clean-up that is under way."""
    descriptor = _open(lock_file)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def removing_snapshots(lock_file: Path) -> Iterator[bool]:
    """Yields whether nobody uses snapshots that the database does not know; new users wait meanwhile."""
    descriptor = _open(lock_file)
    try:
        yield _is_free(descriptor)
    finally:
        os.close(descriptor)


def _open(lock_file: Path) -> int:
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    return os.open(lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _is_free(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
