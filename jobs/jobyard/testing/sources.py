"""Job files as a server loads them: with their siblings, under a private name."""

from __future__ import annotations

import itertools
from pathlib import Path
from types import ModuleType

from jobyard.loader import SourceLoader

_numbers = itertools.count()


def load_jobs(path: str | Path) -> ModuleType:
    """
    Load a job file, or a package of jobs, for a test.

    Each call loads afresh, so that tests do not see each other's module state.

    Args:
        path: ``jobs/devices.py`` or ``jobs/pkg``. The folder ``jobs`` makes its parent the root of the
            source, as in a Git repository; else the file's folder is the root.

    Raises:
        BaseException: Whatever the file raises while it is imported.
    """
    place = Path(path).resolve()
    folder = place.parent
    in_repository = folder.name == "jobs"
    loader = SourceLoader(
        root=folder.parent if in_repository else folder,
        job_path="jobs" if in_repository else "",
        source="local",
        digest=f"test{next(_numbers)}",
    )
    return loader.load(place.stem if place.suffix == ".py" else place.name)
