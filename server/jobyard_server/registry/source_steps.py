"""How far the newest sync of the folder or of the plugins is; for repositories see sync_times."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from jobyard_server.registry.leases import SyncLease
from jobyard_server.registry.models import PLUGINS, Source

BEGUN, SNAPSHOT, INSPECTED, PUBLISHED = "begun", "snapshot", "inspected", "published"
#: Of each kind: a step, the time at which it begins, and the time at which it is done.
STEPS = (
    ("snapshot", BEGUN, SNAPSHOT),
    ("inspect", SNAPSHOT, INSPECTED),
    ("publish", INSPECTED, PUBLISHED),
)
PLUGIN_STEPS = (
    ("inspect", BEGUN, INSPECTED),
    ("publish", INSPECTED, PUBLISHED),
)


class SourceClock:
    """Notes when each step of one sync is done; nothing is written before the sync has its lease."""

    def __init__(self) -> None:
        self.steps = {BEGUN: timezone.now().isoformat()}  #: For ``Source.steps``.
        self._lease: SyncLease | None = None

    def begin(self, lease: SyncLease) -> None:
        """From now on people see how far it is."""
        self._lease = lease
        self._store()

    def done(self, step: str) -> None:
        """Args: step: ``SNAPSHOT``, ``INSPECTED`` or ``PUBLISHED``."""
        self.steps[step] = timezone.now().isoformat()
        self._store()

    def _store(self) -> None:
        if self._lease is not None:
            ours = Source.objects.filter(pk=self._lease.source_id, fence=self._lease.fence)
            ours.update(steps=self.steps)


def source_spans(source: Source) -> list[tuple[str, timedelta | None]]:
    """Each step and how long it took; None where it has not come to pass. Empty when nothing is known."""
    if not source.steps:
        return []
    times = {name: datetime.fromisoformat(moment) for name, moment in source.steps.items()}
    steps = PLUGIN_STEPS if source.kind == PLUGINS else STEPS
    return [
        (step, max(times[stop] - times[start], timedelta()) if stop in times else None)
        for step, start, stop in steps
    ]
