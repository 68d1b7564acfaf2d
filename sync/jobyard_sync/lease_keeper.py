"""Renews the leases of all syncs of this daemon while they work."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

from jobyard_server.registry.leases import SyncLease

logger = logging.getLogger(__name__)


class LeaseKeeper:
    """Any thread may keep a lease; one thread calls :meth:`renew_all` at every heartbeat."""

    def __init__(self) -> None:
        self._leases: set[SyncLease] = set()
        self._lock = threading.Lock()

    @contextmanager
    def keeping(self, lease: SyncLease) -> Iterator[None]:
        """Renewed while the block runs, and released after it."""
        with self._lock:
            self._leases.add(lease)
        try:
            yield
        finally:
            with self._lock:
                self._leases.discard(lease)
            _release(lease)

    def renew_all(self) -> None:
        """A lease that was lost is not tried again; publishing under it is refused by its fence."""
        with self._lock:
            leases = list(self._leases)
        for lease in leases:
            if not lease.renew():
                logger.warning("lease lost", extra={"action": "renew", "source_id": str(lease.source_id)})
                with self._lock:
                    self._leases.discard(lease)


def _release(lease: SyncLease) -> None:
    try:
        lease.release()
    except Error:  # then it ends by itself, and must not hide what went wrong before
        logger.info("lease not released: the database does not answer", extra={"action": "release"})
        connection.close()
