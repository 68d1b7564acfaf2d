"""Hears of pushes into repositories that are folders of this machine."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from uuid import UUID

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from jobyard_sync.triggers.watch import CHANGES

logger = logging.getLogger(__name__)


class RemoteFolders:
    """
    Calls *on_change* with the ids of the repositories of a folder soon after a ref in it was moved, and once
    when the watch begins.

    Polling goes on beside it: what no event tells (a folder that was exchanged, a network file system) is
    found by the clock.
    """

    def __init__(self, on_change: Callable[[Collection[UUID]], None]) -> None:
        self._on_change = on_change
        self._observer: BaseObserver | None = None
        self._watches: dict[Path, list[ObservedWatch]] = {}
        self._ids: dict[Path, frozenset[UUID]] = {}

    def watch(self, folders: Mapping[Path, frozenset[UUID]]) -> None:
        """Watch exactly these folders from now on; several repositories may follow one of them."""
        for gone in [path for path, known in self._ids.items() if folders.get(path) != known]:
            self._forget(gone)
        for path, repositories in folders.items():
            if path not in self._ids:
                self._observe(path, repositories)

    def stop(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=2)
            self._observer = None

    def _observe(self, path: Path, repositories: frozenset[UUID]) -> None:
        git = path / ".git" if (path / ".git").is_dir() else path
        if not (git / "refs").is_dir():
            return  # not there yet; the next review tries again
        handler = _Handler(lambda: self._on_change(repositories))
        try:
            observer = self._started()
            # Beside the refs themselves: packed-refs is in the folder above them.
            self._watches[path] = [
                observer.schedule(handler, str(git / "refs"), recursive=True),
                observer.schedule(handler, str(git), recursive=False),
            ]
        except OSError as exc:
            logger.warning(
                "repository cannot be watched; it is looked at by the clock instead",
                extra={"action": "watch", "folder": str(path), "error": str(exc)},
            )
        self._ids[path] = repositories
        self._on_change(repositories)  # what was pushed before somebody watched

    def _started(self) -> BaseObserver:
        if self._observer is None:
            self._observer = Observer()
            self._observer.start()
        return self._observer

    def _forget(self, path: Path) -> None:
        del self._ids[path]
        for watch in self._watches.pop(path, []):
            if self._observer is not None:
                self._observer.unschedule(watch)


class _Handler(FileSystemEventHandler):
    def __init__(self, note: Callable[[], None]) -> None:
        self._note = note

    def on_any_event(self, event: FileSystemEvent) -> None:
        # Locks come and go with every push; what counts is the rename that follows.
        is_lock = str(event.src_path).endswith(".lock") and not event.dest_path
        if event.event_type in CHANGES and not event.is_directory and not is_lock:
            self._note()
