"""A thread for each source that is being synced, so that a hanging remote delays only itself."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from queue import SimpleQueue

from django.db import InterfaceError, OperationalError, connection, connections

from jobyard_server.isolation.child_database import check_connection
from jobyard_sync.errors import Stopped

_Job = tuple[Hashable, Callable[[], object]]
_Inbox = SimpleQueue["_Job | None"]  # None: end

logger = logging.getLogger(__name__)


class SyncThreads:
    """
    At most one thread for each key, at most *limit* of them, and at most *group_limit* of one group.

    What finds no place is not kept here: it waits in the database, and *on_end* is called when a thread
    has done something, to look again. One that failed or did nothing does not call it: the next look
    comes by the clock, so that nothing turns in circles.

    One thread that is through waits for the next work with its connection to the database open: to connect
    takes as long as a third of a small sync.
    """

    def __init__(self, *, limit: int, on_end: Callable[[], None], group_limit: int = 4) -> None:
        self._limit = limit
        self._group_limit = group_limit
        self._groups: dict[Hashable, str] = {}  # of the keys that have a thread
        self._on_end = on_end
        self._threads: dict[Hashable, threading.Thread] = {}
        self._spare: tuple[threading.Thread, _Inbox] | None = None
        self._is_over = False  # no thread waits any more
        self._lock = threading.Lock()

    @property
    def is_full(self) -> bool:
        """Whether all places are taken."""
        return len(self._threads) >= self._limit

    def start(self, key: Hashable, work: Callable[[], object], *, group: str = "") -> bool:
        """
        Have *work* done in a thread; False when one works on *key* already, or all places are taken.

        Args:
            key: What is worked on.
            work: Returns whether it did something.
            group: The server that it waits for; ``""`` for none.
        """
        with self._lock:
            if key in self._threads or self.is_full:
                return False
            if group and list(self._groups.values()).count(group) >= self._group_limit:
                return False
            self._threads[key] = self._thread_for((key, work))
            self._groups[key] = group
        return True

    def join(self, seconds: float) -> bool:
        """Wait for all of them, *seconds* at most; True when all have ended. None waits for work then."""
        deadline = time.monotonic() + seconds
        with self._lock:
            self._is_over = True
            spare, self._spare = self._spare, None
            threads = list(self._threads.values())
        if spare is not None:
            spare[1].put(None)
            threads.append(spare[0])
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _thread_for(self, job: _Job) -> threading.Thread:
        """The one that waits, or a new one."""
        spare, self._spare = self._spare, None
        if spare is not None:
            spare[1].put(job)
            return spare[0]
        inbox: _Inbox = SimpleQueue()
        inbox.put(job)
        thread = threading.Thread(target=self._serve, args=(inbox,), daemon=True)
        thread.start()
        return thread

    def _serve(self, inbox: _Inbox) -> None:
        while (job := inbox.get()) is not None:
            key, work = job
            threading.current_thread().name = f"sync-{key}"
            self._run(key, work)
            if not self._is_spare(inbox):
                break
        connections.close_all()

    def _is_spare(self, inbox: _Inbox) -> bool:
        with self._lock:
            if self._is_over or self._spare is not None:
                return False
            self._spare = threading.current_thread(), inbox
            return True

    def _run(self, key: Hashable, work: Callable[[], object]) -> None:
        has_worked = False
        try:
            if connection.connection is not None:
                check_connection()  # the database may have restarted while this thread waited
            has_worked = bool(work())
        except Stopped:
            logger.info("sync stopped", extra={"action": "sync", "source": str(key)})
        except (OperationalError, InterfaceError):
            logger.warning("sync lost the database", extra={"action": "sync", "source": str(key)})
            connections.close_all()
        except Exception:  # one poisoned source must not stop the others
            logger.exception("sync failed", extra={"action": "sync", "source": str(key)})
            connections.close_all()
        finally:
            with self._lock:
                del self._threads[key], self._groups[key]
            if has_worked:
                self._end()

    def _end(self) -> None:
        try:
            self._on_end()
        except Exception:  # the next look comes by the clock
            logger.warning("looking for more syncs failed", extra={"action": "look"}, exc_info=True)
            connections.close_all()
