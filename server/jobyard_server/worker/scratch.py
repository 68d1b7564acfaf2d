"""Working folders of runs: one for each, gone when it ends."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from jobyard_server.isolation.account_folders import hand_over


def scratch_root() -> Path:
    return Path(settings.DATA_DIR) / "scratch"


def make_scratch(name: str, parent: Path | None = None) -> Path:
    """An empty private folder called *name*, in that of a snapshot's zygote if the run is forked from one."""
    folder = (parent or scratch_root()) / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    hand_over(folder, settings.JOBYARD)
    return folder


@contextmanager
def passing_scratch(kind: str) -> Iterator[Path]:
    """A working folder for one block, of something that is no run."""
    folder = make_scratch(f"{kind}-{uuid4()}")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
