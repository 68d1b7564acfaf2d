"""Working folders of runs: one for each, gone when it ends."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings


def scratch_root() -> Path:
    return Path(settings.DATA_DIR) / "scratch"


def make_scratch(name: str) -> Path:
    """An empty private folder called *name*."""
    folder = scratch_root() / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    return folder
