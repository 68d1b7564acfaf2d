"""A thread for each source that is being synced, so that a hanging remote delays only itself."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable

from django.db import InterfaceError, OperationalError, connections

from jobyard_sync.errors import Stopped

logger = logging.getLogger(__name__)


class SyncThreads:
    """
    At most one thread for each key, and at most *limit* of them.

    What finds no place is not kept here: it waits in the database, and *on_end* is called when a thread
    has done something, to look again. One that failed or did nothing does not call it: the next look
    comes by the clock, so that nothing turns in circles.
    """

    def __init__(self, *, limit: int, on_end: Callable[[], None]) -> None:
        self._limit = limit
        self._on_end = on_end
        self._threads: dict[Hashable, threading.Thread] = {}
        self._lock = threading.Lock()

    def start(self, key: Hashable, work: Callable[[], object]) -> bool:
        """Have *work* done in a thread; False when one works on *key* already, or all places are taken."""
        thread = threading.Thread(target=self._run, args=(key, work), name=f"sync-{key}", daemon=True)
        with self._lock:
            if key in self._threads or len(self._threads) >= self._limit:
                return False
            self._threads[key] = thread
        thread.start()
        return True

    def join(self, seconds: float) -> bool:
        """Wait for all of them, *seconds* at most; True when all have ended."""
        deadline = time.monotonic() + seconds
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _run(self, key: Hashable, work: Callable[[], object]) -> None:
        has_worked = False
        try:
            has_worked = bool(work())
        except Stopped:
            logger.info("sync stopped", extra={"action": "sync", "source": str(key)})
        except (OperationalError, InterfaceError):
            logger.warning("sync lost the database", extra={"action": "sync", "source": str(key)})
        except Exception:  # one poisoned source must not stop the others
            logger.exception("sync failed", extra={"action": "sync", "source": str(key)})
        finally:
            with self._lock:
                del self._threads[key]
            if has_worked:
                self._end()
            connections.close_all()

    def _end(self) -> None:
        try:
            self._on_end()
        except Exception:  # the next look comes by the clock
            logger.warning("looking for more syncs failed", extra={"action": "look"}, exc_info=True)
