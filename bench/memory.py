"""Memory of a process tree, shared pages counted once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

KIB = 1024


def proportional_mib(pids: Iterable[int]) -> float:
    """PSS of all *pids*, in MiB."""
    return sum(_pss_kib(pid) for pid in pids) / KIB


def _pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
