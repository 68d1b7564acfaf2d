"""
Inspect a folder of job files offline: the same code as on a server, without one.

Importing executes the files, in this process.
"""

from __future__ import annotations

import re
from pathlib import Path

from jobyard.discovery import find_modules, folder_warnings
from jobyard.inspection import describe_module
from jobyard.loader import SourceLoader
from jobyard.spec import LoadError, ModuleReport

__all__ = ["check_path"]

_JOBS = "jobs"


def check_path(path: Path) -> list[ModuleReport]:
    """
    Describe every job module below *path*, in order of their names.

    What this machine lacks (a package, a model that no host provides) is an error in words, as it would
    be on a server. What concerns the folder as a whole is a report with the module name ``__init__``.

    Args:
        path: A checkout with a folder ``jobs``, or the folder that holds the job files.
    """
    root = path.resolve()
    job_path = _JOBS if (root / _JOBS).is_dir() else ""
    modules = find_modules(root, job_path)
    init = "/".join(filter(None, (job_path, "__init__.py")))
    if not modules:
        return [ModuleReport(module="__init__", path=init, error=_nothing_in(path))]
    warnings = folder_warnings(root, job_path)
    reports = [ModuleReport(module="__init__", path=init, warnings=warnings)] if warnings else []
    with SourceLoader(
        root=root, job_path=job_path, source=_source_of(root, job_path), digest="check"
    ) as loader:
        return reports + [describe_module(loader, module) for module in modules]


def _nothing_in(path: Path) -> LoadError:
    return LoadError(message=f"{path} holds no job files: neither *.py in it nor in a folder jobs below it")


def _source_of(root: Path, job_path: str) -> str:
    """A checkout is treated as a Git source with the folder's name as its slug."""
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", root.name).strip("-")
    return f"git.{slug}" if job_path and slug else "local"
