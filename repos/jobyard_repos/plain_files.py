"""Read regular files through the descriptor of their folder, never through a link."""

from __future__ import annotations

import errno
import os
import stat

OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
OPEN_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe in the place of a file must not block

_CHUNK = 1 << 20


def read_file(name: str, parent: int, most: int) -> tuple[os.stat_result, bytes]:
    """
    Status and content of a file, at most *most* bytes of it.

    Raises:
        OSError: It is not there, cannot be read, or is no regular file.
    """
    descriptor = os.open(name, OPEN_FILE, dir_fd=parent)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return status, read_all(descriptor, most)
    finally:
        os.close(descriptor)


def read_all(descriptor: int, most: int) -> bytes:
    """Read to the end, or *most* bytes."""
    data = os.read(descriptor, min(most, _CHUNK))
    if len(data) < min(most, _CHUNK):
        return data  # the usual case: one read, no copy
    chunks = [data]
    left = most - len(data)
    while left > 0 and (chunk := os.read(descriptor, min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)
