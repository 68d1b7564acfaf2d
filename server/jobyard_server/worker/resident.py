"""Memory of a process, as cheap to ask for as it can be."""

from __future__ import annotations

import os
from pathlib import Path

MOST_GROWTH = 0.2  #: Of a zygote, after which another one takes over. Source: security.md ZY-07


def has_grown(first: int, now: int) -> bool:
    return now > first * (1 + MOST_GROWTH) if first else False


def resident_bytes(pid: int | None) -> int:
    """What of a process is in memory, shared pages included; 0 when it cannot be told."""
    return _pages(pid)[0] * os.sysconf("SC_PAGE_SIZE")


def grown_bytes(pid: int | None) -> int:
    """The same without pages of files, which come to a forked process only as it touches them."""
    resident, of_files = _pages(pid)
    return (resident - of_files) * os.sysconf("SC_PAGE_SIZE")


def _pages(pid: int | None) -> tuple[int, int]:
    try:
        fields = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()
        return int(fields[1]), int(fields[2])
    except (OSError, IndexError):
        return 0, 0
