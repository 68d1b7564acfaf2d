"""
Inspect a folder of job files offline: the same code as on a server, without one.

Importing executes the files, in this process.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from jobyard.discovery import ModuleFile, files_in, folder_warnings, folders_with_code
from jobyard.inspection import describe_module
from jobyard.job_files import ROOT, JobFiles, by_folder, find_job_files, folder_of
from jobyard.loader import SourceLoader
from jobyard.spec import LoadError, ModuleReport

__all__ = ["check_path"]

_JOBS = "jobs"
_NOTHING = "no job files: neither *.py in it nor in a folder jobs below it"


def check_path(path: Path, job_paths: Sequence[str] = ()) -> list[ModuleReport]:
    """
    Describe every job module below *path*, in order of their names.

    What this machine lacks (a package, a model that no host provides) is an error in words, as it would
    be on a server. What concerns a folder as a whole is a report with the module name ``__init__``.

    Args:
        path: A checkout with a folder ``jobs``, or the folder that holds the job files.
        job_paths: Folders of job files below *path*, as for a Git repository; ``.`` is *path* itself.
    """
    root = path.resolve()
    chosen = list(job_paths) or [_JOBS if (root / _JOBS).is_dir() else ROOT]
    files = [name for job_path in chosen for name in files_in(root, folder_of(job_path))]
    found = find_job_files(files, chosen)
    reports = [*_about_folders(root, chosen, found), *_describe(root, found)]
    others = "" if job_paths else _where_else(root, chosen)
    return [*reports, *_about_nothing(path, reports, others)]


def _about_folders(root: Path, job_paths: Sequence[str], found: JobFiles) -> list[ModuleReport]:
    missing = [
        ModuleReport(module="__init__", path=path, error=LoadError(message=f"there is no folder {path}"))
        for path in found.missing
        if path != ROOT
    ]
    warned = [
        ModuleReport(module="__init__", path=_init_in(folder_of(path)), warnings=warnings)
        for path in job_paths
        if (warnings := folder_warnings(root, folder_of(path))) and any(_are_in(path, found.modules))
    ]
    return missing + warned


def _describe(root: Path, found: JobFiles) -> list[ModuleReport]:
    reports = []
    for folder, modules in by_folder(found.modules).items():
        source = _source_of(root, folder)
        with SourceLoader(root=root, job_path=folder, source=source, digest="check") as loader:
            reports += [found.with_hidden(describe_module(loader, module)) for module in modules]
    return reports


def _about_nothing(path: Path, reports: Sequence[ModuleReport], others: str) -> list[ModuleReport]:
    """A wrong folder looks like a folder without jobs; say where Python files are."""
    if any(report.jobs or report.error for report in reports):
        return []
    if any(report.module != "__init__" for report in reports):
        warning = f"No job class was found.{others}"
        return [ModuleReport(module="__init__", path=_init_in(""), warnings=[warning])] if others else []
    error = LoadError(message=f"{path} holds {_NOTHING}.{others}")
    return [ModuleReport(module="__init__", path=_init_in(""), error=error)]


def _where_else(root: Path, job_paths: Sequence[str]) -> str:
    folders = [folder for folder in folders_with_code(root) if folder not in job_paths]
    if not folders:
        return ""
    return f" Python files are in {', '.join(folders)}; name the folder of the job files with --job-path."


def _are_in(job_path: str, modules: Sequence[ModuleFile]) -> list[ModuleFile]:
    return by_folder(modules).get(folder_of(job_path), [])


def _init_in(folder: str) -> str:
    return "/".join(filter(None, (folder, "__init__.py")))


def _source_of(root: Path, job_path: str) -> str:
    """A checkout is treated as a Git source with the folder's name as its slug."""
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", root.name).strip("-")
    return f"git.{slug}" if job_path and slug else "local"
