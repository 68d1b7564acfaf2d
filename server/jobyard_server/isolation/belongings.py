"""What this process has that its forks would share."""

from __future__ import annotations

import os
from contextlib import suppress


def count_threads() -> int:
    """Of this process; 1 where it cannot be told."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208  # before each fork
    except OSError:
        return 1


def open_descriptors() -> set[int]:
    """Numbers of the descriptors of this process; none where they cannot be told."""
    found = set()
    with suppress(OSError):
        for name in os.listdir("/proc/self/fd"):  # noqa: PTH208  # the numbers, not paths
            with suppress(OSError):  # the one that this list was read by
                os.fstat(int(name))
                found.add(int(name))
    return found
