"""One fetch at a time for each mirror, also when a daemon was killed and its git lives on."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from jobyard_repos.deadline import Deadline
from jobyard_repos.errors import FetchError

_PAUSE_SECONDS = 0.05


@contextlib.contextmanager
def locked(mirror: Path, deadline: Deadline) -> Iterator[int]:
    """
    Hold the lock of *mirror*; yields its descriptor, which git calls inherit.

    The kernel lets go of the lock when the last process that has the descriptor is gone. So after a
    kill of the daemon the next one waits until the git it left behind has ended too.

    Raises:
        FetchError: Somebody else held it until the deadline.
    """
    mirror.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = _acquire(mirror, deadline)
    try:
        yield descriptor
    finally:
        os.close(descriptor)  # not LOCK_UN, which would let go of it for git too


def lock_path(mirror: Path) -> Path:
    """The file that is locked; only its holder may remove it."""
    return mirror.with_name(f"{mirror.name}.lock")


def _acquire(mirror: Path, deadline: Deadline) -> int:
    path = lock_path(mirror)
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            _wait(descriptor, mirror, deadline)
            if os.fstat(descriptor).st_nlink:
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the holder we waited for removed the file, so others lock another one


def _wait(descriptor: int, mirror: Path, deadline: Deadline) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if deadline.has_passed:
                raise FetchError(
                    f"Another fetch into the mirror {mirror.name} is still running after "
                    f"{deadline.seconds:g} s; it ends by its own limit.",
                    kind="timeout",
                ) from None
            time.sleep(min(_PAUSE_SECONDS, deadline.remaining()))
        else:
            return
