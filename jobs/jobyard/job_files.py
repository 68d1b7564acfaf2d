"""The job modules of a snapshot, in all the folders of its source that hold some."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from jobyard.discovery import ModuleFile, job_path_of, modules_in
from jobyard.spec import ModuleReport

ROOT = "."  #: How people name the root of a repository among its job paths.


@dataclass(frozen=True, kw_only=True)
class JobFiles:
    """What was found."""

    modules: list[ModuleFile]
    missing: list[str] = field(default_factory=list)  #: Job paths that are no folders there.
    without_init: list[str] = field(default_factory=list)  #: Job paths without an ``__init__.py``.
    hidden: list[tuple[ModuleFile, ModuleFile]] = field(
        default_factory=list
    )  #: A module whose name is taken, and the one that has it.

    def with_hidden(self, report: ModuleReport) -> ModuleReport:
        """Tell the author of a module which other files would have liked its name."""
        for loser, winner in self.hidden:
            if winner.name == report.module:
                report.warnings.append(
                    f"{loser.path} is not listed: {winner.path} has the same module name; rename one of them."
                )
        return report


def find_job_files(files: Collection[str], job_paths: Sequence[str]) -> JobFiles:
    """
    The modules of a snapshot, by job path and name; where two have one name, the first path wins.

    Args:
        files: Paths of all files of the snapshot.
        job_paths: Folders with slashes; ``.`` is the root.
    """
    folders = [folder_of(path) for path in job_paths]
    there = [path for path in job_paths if _is_there(folder_of(path), files)]
    found = JobFiles(
        modules=[],
        missing=[path for path in job_paths if path not in there],
        without_init=[path for path in there if f"{folder_of(path)}/__init__.py".lstrip("/") not in files],
    )
    names: dict[str, ModuleFile] = {}
    for folder in folders:
        for module in modules_in(files, folder):
            if _is_job_path(module, folder, folders):
                continue  # a folder of job files is no job module of the folder around it
            if (winner := names.setdefault(module.name, module)) is module:
                found.modules.append(module)
            elif winner.path != module.path:
                found.hidden.append((module, winner))
    return found


def _is_there(folder: str, files: Collection[str]) -> bool:
    return not folder or any(path.startswith(f"{folder}/") for path in files)


def folder_of(job_path: str) -> str:
    """As the loader takes it: ``""`` for the root."""
    return "" if job_path == ROOT else job_path


def by_folder(modules: Sequence[ModuleFile]) -> dict[str, list[ModuleFile]]:
    """*modules* by the job path that they were found in."""
    groups: dict[str, list[ModuleFile]] = {}
    for module in modules:
        groups.setdefault(job_path_of(module.name, module.path), []).append(module)
    return groups


def _is_job_path(module: ModuleFile, folder: str, folders: Sequence[str]) -> bool:
    place = f"{folder}/{module.name}/".lstrip("/")
    return module.path.endswith("/__init__.py") and any(f"{item}/".startswith(place) for item in folders)
