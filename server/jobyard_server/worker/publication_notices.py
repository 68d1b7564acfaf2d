"""Hears of publications and says when this worker can run what was published."""

from __future__ import annotations

import uuid

from jobyard_server.registry import channels
from jobyard_server.registry.models import PLUGINS, Source
from jobyard_server.registry.places import snapshot_store
from jobyard_server.registry.sync_times import mark_seen
from jobyard_server.runs.components import living_workers
from jobyard_server.worker.courier import Courier
from jobyard_server.worker.notice_listener import Hearer


class PublicationNotices(Hearer):
    """
    Runs do not wait for it: each one has its revision pinned.

    Args:
        worker: Id of the ``Component`` of this worker.
        courier: Gets what was published elsewhere, before a run needs it.
    """

    channel = channels.REGISTRY

    def __init__(self, worker: uuid.UUID, courier: Courier) -> None:
        self._worker = worker
        self._courier = courier
        self._store = snapshot_store()

    def hear(self, payload: str) -> None:
        self.catch_up(payload)

    def catch_up(self, key: str = "") -> None:
        """Look at the source *key*, or at all of them."""
        sources = Source.objects.select_related("revision").filter(revision__isnull=False)
        for source in sources.filter(key=key) if key else sources:
            self._look(source)

    def _look(self, source: Source) -> None:
        if self._has_snapshot(source):
            mark_seen(source.key, self._worker, living_workers())
        elif source.revision is not None:
            self._courier.ask(source.revision.snapshot_digest, then=lambda: self.catch_up(source.key))

    def _has_snapshot(self, source: Source) -> bool:
        if source.kind == PLUGINS or source.revision is None:
            return True
        return self._store.has(source.revision.snapshot_digest)
