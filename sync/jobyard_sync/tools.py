"""What every sync of a daemon works with."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from django.conf import settings

from jobyard_repos.mirror import Mirror
from jobyard_repos.snapshot import SnapshotStore, TreeLimits
from jobyard_server.registry.models import GitRepository
from jobyard_server.registry.places import mirror_place, mirrors_folder, snapshot_store
from jobyard_sync.inspection_zygote import InspectionZygote
from jobyard_sync.lease_keeper import LeaseKeeper


@dataclass(frozen=True, kw_only=True)
class Tools:
    """Shared by all threads of the daemon."""

    holder: uuid.UUID  #: Of all leases of this daemon: the id of its row among the live parts.
    store: SnapshotStore
    mirrors: Path  #: ``<repository id>.git`` each.
    lock_file: Path  #: See ``snapshot_lock``.
    zygote: InspectionZygote
    keeper: LeaseKeeper = field(default_factory=LeaseKeeper)
    should_stop: Callable[[], bool] = lambda: False
    tree_limits: TreeLimits = field(default_factory=TreeLimits)

    @classmethod
    def from_settings(
        cls,
        *,
        holder: uuid.UUID,
        zygote: InspectionZygote,
        keeper: LeaseKeeper | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Self:
        data_dir = Path(settings.DATA_DIR)
        return cls(
            holder=holder,
            store=snapshot_store(),
            mirrors=mirrors_folder(),
            lock_file=data_dir / "snapshots.lock",
            zygote=zygote,
            keeper=keeper or LeaseKeeper(),
            should_stop=should_stop,
            tree_limits=TreeLimits(
                files=settings.JOBYARD["SNAPSHOT_MAX_FILES"],
                total_bytes=settings.JOBYARD["SNAPSHOT_MAX_BYTES"],
            ),
        )

    def mirror_of(self, repository: GitRepository) -> Mirror:
        return Mirror(mirror_place(repository))
