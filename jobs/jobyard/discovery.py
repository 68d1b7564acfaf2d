"""Which files of a source are job modules. Looks at names only; nothing is imported."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_INIT = "__init__.py"
_SUFFIX = ".py"
_NO_SOURCE = ("node_modules", "tests", "venv")
_MOST_FOLDERS = 5


@dataclass(frozen=True)
class ModuleFile:
    """A file or package that may declare jobs."""

    name: str  #: Module name; any text without dot, slash, white space and control characters.
    path: str  #: Relative to the root of the source, with slashes; of a package its ``__init__.py``.


def find_modules(root: Path, job_path: str) -> list[ModuleFile]:
    """
    List the modules of a source by name.

    Args:
        root: Root of the snapshot.
        job_path: Folder that holds the modules, relative to the root; ``""`` for the root itself.
    """
    return modules_in(files_in(root, job_path), job_path)


def files_in(root: Path, job_path: str) -> list[str]:
    """Files of a folder that may be modules, relative to *root*; of a folder in it its ``__init__.py``."""
    folder = root / job_path
    if not folder.is_dir():
        return []
    files = [item / _INIT if item.is_dir() else item for item in folder.iterdir()]
    return [path.relative_to(root).as_posix() for path in files if path.is_file()]


def folders_with_code(root: Path) -> list[str]:
    """The first few folders below *root* that hold Python files, for somebody who looked elsewhere."""
    found: list[str] = []
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if is_module_name(name) and name not in _NO_SOURCE)
        if place != str(root) and any(name.endswith(_SUFFIX) and name != _INIT for name in files):
            found.append(Path(place).relative_to(root).as_posix())
        if len(found) == _MOST_FOLDERS:
            break
    return found


def modules_in(paths: Iterable[str], job_path: str) -> list[ModuleFile]:
    """As :func:`find_modules`, of a source whose files are *paths*."""
    start = f"{job_path}/" if job_path else ""
    by_name: dict[str, ModuleFile] = {}
    for path in paths:
        name = _module_name(path.removeprefix(start)) if path.startswith(start) else ""
        # A package wins over a file of the same name, as everywhere in Python.
        if is_module_name(name) and (name not in by_name or path.endswith("/" + _INIT)):
            by_name[name] = ModuleFile(name, path)
    return [by_name[name] for name in sorted(by_name)]


def job_path_of(module_name: str, path: str) -> str:
    """
    The folder of job files that a module was found in: ``jobs`` for ``pkg.sub`` in ``jobs/pkg/sub.py``.

    Args:
        module_name: As in its class paths.
        path: Of its file, relative to the root of the source.
    """
    place = path.removesuffix(_SUFFIX).removesuffix("/__init__")
    own = module_name.replace(".", "/")
    return place[: -len(own)].rstrip("/") if f"/{place}".endswith(f"/{own}") else path.rpartition("/")[0]


def folder_warnings(root: Path, job_path: str) -> list[str]:
    """Sentences for the author about the folder itself and the names in it."""
    folder = root / job_path
    if not folder.is_dir():
        return []
    odd = [
        f"{item.name} is no job module: its name has a dot or white space in it."
        for item in sorted(folder.glob(f"*{_SUFFIX}"))
        if item.name != _INIT and not is_module_name(item.stem)
    ]
    if (folder / _INIT).is_file():
        return odd
    return [f"{job_path or 'The folder'} has no __init__.py; its jobs are listed all the same.", *odd]


def is_module_name(name: str) -> bool:
    """Tell whether *name* can be part of a class path."""
    if name in ("", "__init__", "__pycache__"):
        return False
    return not any(letter in "./" or letter.isspace() or not letter.isprintable() for letter in name)


def _module_name(path: str) -> str:
    """Of a file in a folder of modules; empty for what is no module."""
    name, _, rest = path.partition("/")
    if rest:
        return name if rest == _INIT else ""
    return name.removesuffix(_SUFFIX) if name.endswith(_SUFFIX) else ""
