"""Where mirrors and snapshots are on this host."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from jobyard_repos.snapshot import SnapshotStore
from jobyard_server.registry.models import GitRepository


def snapshot_store() -> SnapshotStore:
    return SnapshotStore(Path(settings.DATA_DIR) / "snapshots")


def mirrors_folder() -> Path:
    return Path(settings.DATA_DIR) / "mirrors"


def mirror_place(repository: GitRepository) -> Path:
    """Named by the id, so a changed slug moves nothing and a deleted repository shares nothing."""
    return mirrors_folder() / f"{repository.pk}.git"
