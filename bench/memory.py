"""Memory of a process tree, shared pages counted once."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Self

KIB = 1024


def proportional_mib(pids: Iterable[int]) -> float:
    """PSS of all *pids*, in MiB."""
    return sum(_pss_kib(pid) for pid in pids) / KIB


class PeakWatch:
    """The most memory that each of some processes had while the block ran, in MiB."""

    def __init__(self, pids: dict[str, int]) -> None:
        self.peaks = dict.fromkeys(pids, 0.0)
        self._pids = pids
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.2):
            for name, pid in self._pids.items():
                self.peaks[name] = max(self.peaks[name], _pss_kib(pid) / KIB)


def _pss_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # it has ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
