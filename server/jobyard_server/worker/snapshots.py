"""The snapshots of this host: whole and untouched before a run starts from one."""

from __future__ import annotations

import time
from pathlib import Path
from uuid import UUID

from django.conf import settings

from jobyard_repos.snapshot import SnapshotStore
from jobyard_server.runs.models import Component
from jobyard_server.worker.courier import Courier
from jobyard_server.worker.errors import NotStartable, SnapshotAwaited

TRUSTED_SECONDS = 3600.0  #: A snapshot that was in use within this time is not read again.

MOST_ACKNOWLEDGED = 50  #: Shown on the page of workers.


class Snapshots:
    """
    Where each snapshot is, checked against its manifest at first use and after an hour without use.

    Args:
        worker: Says which it has checked; None for nobody.
        courier: Gets what is missing or damaged; None: nobody does.
    """

    def __init__(self, worker: UUID | None = None, courier: Courier | None = None) -> None:
        self._worker = worker
        self._courier = courier
        self._acknowledged: list[str] = []
        self._store = SnapshotStore(Path(settings.DATA_DIR) / "snapshots")
        self._used: dict[str, float] = {}  # digest -> monotonic time of the last use

    def root(self, digest: str, revision: UUID | None = None) -> Path:
        """
        The folder of a snapshot.

        Args:
            digest: Its name.
            revision: Whose runs wait while it is on its way.

        Raises:
            NotStartable: It is missing or damaged, and cannot be had.
            SnapshotAwaited: It is on its way.
        """
        now = time.monotonic()
        is_trusted = now - self._used.get(digest, -TRUSTED_SECONDS) < TRUSTED_SECONDS
        if not is_trusted or not self._store.has(digest):
            self._check(digest, revision)
            self._acknowledge(digest)
        self._used[digest] = now
        return self._store.path(digest)

    def _check(self, digest: str, revision: UUID | None) -> None:
        what = self._what_is_wrong(digest)
        if not what:
            return
        problem = "sync its source" if self._courier is None else self._courier.problem(digest)
        if self._courier is not None and not problem:
            self._courier.ask(digest, revision=revision)
            raise SnapshotAwaited
        raise NotStartable(f"The snapshot {digest[:12]} of this run {what}: {problem}")

    def _what_is_wrong(self, digest: str) -> str:
        if not self._store.has(digest):
            return "is not on this host"
        return "" if self._store.verify(digest) else "was changed on disk"

    def _acknowledge(self, digest: str) -> None:
        """Let everybody see that this worker holds the snapshot, whole; the newest ones only."""
        if self._worker is None or digest in self._acknowledged:
            return
        self._acknowledged = [*self._acknowledged, digest][-MOST_ACKNOWLEDGED:]
        Component.objects.filter(pk=self._worker).update(revisions=self._acknowledged)
