"""Tells when something in a folder has changed and come to rest again."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    EVENT_TYPE_CLOSED,
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

QUIET_SECONDS = 0.05  #: Without an event: the editor is done.
LONGEST_SECONDS = 0.2  #: A folder in which something changes all the time is looked at so often.
WRITING_SECONDS = 1.0  #: A file that is being written is waited for: half of it would lose its jobs.

# Reading a file is an event too (opened, closed without a write): one snapshot would call for the next.
CHANGES = {
    EVENT_TYPE_CLOSED,
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
}

_TELLS_CLOSING = sys.platform == "linux"  # elsewhere nothing says that a file was written to its end

logger = logging.getLogger(__name__)


class FolderWatch:
    """
    Watches *folder* and what is below it.

    Events are hints: where the system cannot watch (too many folders, network drives) there are none, and
    the caller's own look at the folder finds what they missed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._observer: BaseObserver | None = None
        self._identity: tuple[int, int] | None = None
        self._news = threading.Event()
        self._last_event = 0.0
        self._written: set[str] = set()  # paths that are open for writing

    def start(self) -> None:
        """Watch, or watch anew when the folder was replaced by another one of this name."""
        identity = _identity(self._folder)
        if self._observer is not None and identity == self._identity:
            return
        self.stop()
        self._identity = identity
        if identity is not None:
            self._observe()

    def stop(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=2)
            self._observer = None

    def wake(self) -> None:
        """End the current wait."""
        self._last_event = 0.0
        self._news.set()

    def wait(self, seconds: float) -> bool:
        """True as soon as something has changed and is quiet again; False after *seconds* without news."""
        if not self._news.wait(seconds):
            return False
        started = time.monotonic()
        while (rest := self._rest(started)) > 0:
            time.sleep(rest)
        self._written.clear()  # whoever still writes will say so again
        self._news.clear()  # before the folder is read: what changes from now on is news again
        return True

    def _rest(self, started: float) -> float:
        """Seconds until the folder is quiet, as far as is known now."""
        now = time.monotonic()
        if self._written and now < started + WRITING_SECONDS:
            return QUIET_SECONDS
        return min(self._last_event + QUIET_SECONDS, started + LONGEST_SECONDS) - now

    def _observe(self) -> None:
        observer = Observer()
        observer.schedule(_Handler(self._note), str(self._folder), recursive=True)
        try:
            observer.start()
        except OSError as exc:
            logger.warning(
                "folder cannot be watched; it is looked at every few seconds instead",
                extra={"action": "watch", "folder": str(self._folder), "error": str(exc)},
            )
            return
        self._observer = observer

    def _note(self, event: FileSystemEvent) -> None:
        path = os.fsdecode(event.src_path)
        if event.event_type != EVENT_TYPE_MODIFIED or event.is_directory:
            self._written.discard(path)
        elif _TELLS_CLOSING:
            self._written.add(path)
        self._last_event = time.monotonic()
        self._news.set()


class _Handler(FileSystemEventHandler):
    def __init__(self, note: Callable[[FileSystemEvent], None]) -> None:
        self._note = note

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in CHANGES and not _is_cache(event):
            self._note(event)


def _is_cache(event: FileSystemEvent) -> bool:
    return "__pycache__" in os.fsdecode(event.src_path)


def _identity(folder: Path) -> tuple[int, int] | None:
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
