"""The loader of a task; a child that was forked from the zygote of its snapshot finds it installed."""

from __future__ import annotations

from pathlib import Path

from jobyard.loader import PluginLoader, SourceLoader
from jobyard_server.isolation.frames import Frame

_installed: dict[tuple[str, str], SourceLoader] = {}


def loader_of(task: Frame) -> SourceLoader | PluginLoader:
    """Made once for each source and snapshot, so that no module is loaded twice."""
    if task["source"] == "plugins":
        return PluginLoader(task["module"])
    key = task["source"], task["digest"]
    if key not in _installed:
        _installed[key] = SourceLoader(
            root=Path(task["root"]), job_path=task["job_path"], source=task["source"], digest=task["digest"]
        )
    return _installed[key]
