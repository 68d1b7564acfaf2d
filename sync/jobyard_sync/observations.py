"""
What author code did while it was imported, besides importing: reading files, asking the database.

Told by inspection children (``isolation.import_watch``), by the file whose code did it. A child runs author
code, so what it tells is checked; a lie only hurts whoever tells it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

EVERYTHING = "*"  #: Among the reads of a module: any file of the snapshot may matter.
MAX_READS = 100  #: Paths that are kept for one module; beyond, everything counts.


@dataclass(kw_only=True)
class Seen:
    """What the code of one file was seen to do."""

    reads: set[str] = field(default_factory=set)  #: Paths in the snapshot, or ``EVERYTHING``.
    is_volatile: bool = False  #: It asked the database, the network, or files elsewhere.


class Observations:
    """Collects what the children of one inspection tell."""

    def __init__(self) -> None:
        self._files: dict[str, Seen] = {}
        self._loaded: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def take(self, module: str, told: object) -> None:
        """
        Args:
            module: Name of the unit that was inspected meanwhile.
            told: ``{"files": {path: {"reads": […], "volatile": bool}}, "loaded": [path, …]}``.
        """
        values = told if isinstance(told, dict) else {}
        files, loaded = values.get("files"), values.get("loaded")
        with self._lock:
            self._loaded[module] = set(_texts(loaded))
            for path, seen in files.items() if isinstance(files, dict) else ():
                self._add(path, seen if isinstance(seen, dict) else {})

    def has(self, module: str) -> bool:
        """Whether the child lived to tell of *module*."""
        return module in self._loaded

    def of(self, module: str, closure: Iterable[str]) -> Seen:
        """
        What matters to *module*.

        Args:
            module: Name of the unit.
            closure: The files that it may have executed.
        """
        files = set(closure)
        total = Seen()
        for path in files & self._files.keys():
            total.reads |= self._files[path].reads
            total.is_volatile = total.is_volatile or self._files[path].is_volatile
        if self._loaded.get(module, set()) - files:  # it loaded what its text does not name
            total.reads.add(EVERYTHING)
        if len(total.reads) > MAX_READS:
            total.reads = {EVERYTHING}
        return total

    def _add(self, path: object, told: dict[str, object]) -> None:
        seen = self._files.setdefault(str(path), Seen())
        seen.reads.update(_texts(told.get("reads")))
        seen.is_volatile = seen.is_volatile or told.get("volatile") is True


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
