"""Which files of a source are job modules. Looks at names only; nothing is imported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_INIT = "__init__.py"
_SUFFIX = ".py"


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
    folder = root / job_path
    if not folder.is_dir():
        return []
    found = [_module_of(item, root) for item in sorted(folder.iterdir())]
    by_name: dict[str, ModuleFile] = {}
    for module in found:
        # A package wins over a file of the same name, as everywhere in Python.
        if module is not None and (module.name not in by_name or module.path.endswith("/" + _INIT)):
            by_name[module.name] = module
    return [by_name[name] for name in sorted(by_name)]


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


def _module_of(item: Path, root: Path) -> ModuleFile | None:
    if item.is_dir():
        name, path = item.name, item / _INIT
    else:
        name, path = item.name.removesuffix(_SUFFIX), item
    if path.suffix != _SUFFIX or not path.is_file() or not is_module_name(name):
        return None
    return ModuleFile(name, path.relative_to(root).as_posix())
