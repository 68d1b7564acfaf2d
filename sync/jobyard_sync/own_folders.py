"""Folders of published code must be what they seem, and keys closed to others, or nothing is started."""

from __future__ import annotations

import os
from pathlib import Path

from jobyard_sync.errors import SyncError

_FOLDERS = ("snapshots", "mirrors")


def check_own_folders(data_dir: Path) -> None:
    """
    Raises:
        SyncError: One of them is a link, or belongs to another account; whoever owns what is behind it
            could exchange the code of runs. Or another account could read a key.
    """
    for name in _FOLDERS:
        place = data_dir / name
        if place.is_symlink():
            raise SyncError(f"{place} is a link; move the folder itself there, or set JOBYARD_DATA_DIR.")
        if place.exists() and place.stat().st_uid != os.geteuid():
            raise SyncError(f"{place} belongs to another account; give it to the one that jobyard runs as.")
    for place in sorted((data_dir / "keys").glob("*")):
        if place.is_file() and place.stat().st_mode & 0o077:
            raise SyncError(f"{place} can be read by other accounts; run `chmod go= {place}`.")
