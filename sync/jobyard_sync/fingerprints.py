"""
One text for everything that the description of a module depends on.

Equal fingerprints mean that an inspection would say the same again: same files of the module and of all it
may import, same data files, same job path, same Python, same installed packages.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import distributions

from django.conf import settings

from jobyard.discovery import ModuleFile
from jobyard.spec import SPEC_VERSION
from jobyard_server.isolation.environment import environment
from jobyard_sync.observations import EVERYTHING

VOLATILE = ""  #: The fingerprint of what must be inspected at every sync.


def fingerprint(
    module: ModuleFile,
    *,
    files: Mapping[str, str],
    digest: str,
    closure: Iterable[str],
    reads: Iterable[str],
) -> str:
    """
    Args:
        module: The unit.
        files: SHA-256 of each file of the snapshot by its path.
        digest: Of the snapshot.
        closure: Files that its import may execute.
        reads: Data files that it read, or ``EVERYTHING``.
    """
    reads = sorted(reads)
    parts = [
        _surroundings(),
        module.name,
        module.path,
        [(path, files.get(path)) for path in sorted(closure)],
        [(path, digest if path == EVERYTHING else files.get(path)) for path in reads],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@cache
def _surroundings() -> str:
    """Of this installation; it changes with a restart only."""
    packages = sorted({f"{item.name} {item.version}" for item in distributions()})
    parts = [SPEC_VERSION, platform.python_version(), packages, environment(settings.JOBYARD)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
