"""The snapshots of this host: whole and untouched before a run starts from one."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings

from jobyard_repos.snapshot import SnapshotStore
from jobyard_server.worker.errors import NotStartable

TRUSTED_SECONDS = 3600.0  #: A snapshot that was in use within this time is not read again.


class Snapshots:
    """Where each snapshot is, checked against its manifest at first use and after an hour without use."""

    def __init__(self) -> None:
        self._store = SnapshotStore(Path(settings.DATA_DIR) / "snapshots")
        self._used: dict[str, float] = {}  # digest -> monotonic time of the last use

    def root(self, digest: str) -> Path:
        """
        The folder of a snapshot.

        Raises:
            NotStartable: It is missing or damaged.
        """
        now = time.monotonic()
        if now - self._used.get(digest, -TRUSTED_SECONDS) >= TRUSTED_SECONDS:
            self._check(digest)
        self._used[digest] = now
        return self._store.path(digest)

    def _check(self, digest: str) -> None:
        if not self._store.has(digest):
            raise NotStartable(
                f"The snapshot {digest[:12]} of this run is not on this host; sync its source."
            )
        if not self._store.verify(digest):
            raise NotStartable(
                f"The snapshot {digest[:12]} of this run was changed on disk; sync its source."
            )
