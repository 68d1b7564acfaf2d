"""Processor time of a process tree."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12  #: Fields of /proc/<pid>/stat after the name.


def share_of_processor(pids: Callable[[], Iterable[int]], seconds: float) -> float:
    """Per cent of one processor that the processes used during *seconds*."""
    before = _used(pids())
    time.sleep(seconds)
    after = _used(pids())
    used = sum(ticks - before.get(pid, 0) for pid, ticks in after.items())
    return 100 * used / _TICKS / seconds


def _used(pids: Iterable[int]) -> dict[int, int]:
    return {pid: ticks for pid in pids if (ticks := _ticks(pid)) is not None}


def _ticks(pid: int) -> int | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:  # it has ended
        return None
    fields = text.rpartition(")")[2].split()
    return int(fields[_USER]) + int(fields[_SYSTEM])
