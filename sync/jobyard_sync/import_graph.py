"""
Which files of a snapshot a module may load when it is imported.

Follows the rules of the loader (siblings, ``jobs.x``, ``<slug>.jobs.x``, relative imports), and where the
loader would have to choose takes all it could choose from: one file too many costs an inspection, one too
few would keep an old spec in service.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Generator, Iterator, Mapping, Sequence
from itertools import islice, takewhile
from pathlib import Path

from jobyard.discovery import ModuleFile
from jobyard_sync.file_imports import FileImports, Import, ImportsOfFiles

_INIT = "__init__.py"
_SUFFIX = ".py"
_JOBS = "jobs"


class ImportGraph:
    """
    The files of one snapshot and what they import from each other.

    Args:
        root: The snapshot.
        files: SHA-256 of each file by its path.
        job_folders: Where modules lie; ``""`` is the root.
        slug: How job code may call the root; empty for a folder.
        known: Answers from before.
    """

    def __init__(
        self,
        root: Path,
        files: Mapping[str, str],
        *,
        job_folders: Sequence[str],
        slug: str,
        known: ImportsOfFiles,
    ) -> None:
        self._root = root
        self._files = files
        self._folders = tuple(dict.fromkeys([*job_folders, ""]))
        self._root_names = {slug, slug.replace("-", "_")} - {""}
        self._known = known
        self._targets: dict[str, frozenset[str]] = {}
        self._modules_in: defaultdict[str, list[str]] = defaultdict(list)
        self._code = sorted(path for path in files if path.endswith(_SUFFIX))
        for path in self._code:
            self._modules_in[path.rpartition("/")[0]].append(path)

    def closure(self, module: ModuleFile) -> set[str]:
        """Paths of all files that the import of *module* may execute, its own among them."""
        found: set[str] = set()
        waiting = [module.path, *self._below(module)]
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                waiting.extend(self._targets_of(path) - found)
        return found

    def is_doubtful(self, path: str) -> bool:
        """Whether the file may load or read what its text does not name."""
        return self._imports(path).is_doubtful

    def _below(self, module: ModuleFile) -> list[str]:
        """Submodules of a package become attributes of it as soon as anybody imports them."""
        if not module.path.endswith("/" + _INIT):
            return []
        start = module.path.removesuffix(_INIT)
        place = bisect_left(self._code, start)
        return list(takewhile(lambda path: path.startswith(start), islice(self._code, place, None)))

    def _imports(self, path: str) -> FileImports:
        return self._known.of(self._files[path], (self._root / path).read_bytes)

    def _targets_of(self, path: str) -> frozenset[str]:
        if path not in self._targets:
            found = set(self._packages_of(path))
            for item in self._imports(path).imports:
                found.update(self._targets_of_import(path, item))
            self._targets[path] = frozenset(found)
        return self._targets[path]

    def _packages_of(self, path: str) -> Iterator[str]:
        """The ``__init__.py`` of every folder above it."""
        folder = path
        while folder:
            folder = folder.rpartition("/")[0]
            init = _join(folder, _INIT)
            if init in self._files:
                yield init

    def _targets_of_import(self, path: str, item: Import) -> Iterator[str]:
        names = item.module.split(".") if item.module else []
        for base, rest in self._places(path, item.level, names):
            folder = yield from self._walk(base, rest)
            if "*" in item.names:
                yield from self._modules_in[folder]
            for name in item.names:
                yield from self._walk(folder, [name])

    def _places(self, path: str, level: int, names: list[str]) -> Iterator[tuple[str, list[str]]]:
        """Folders in which the dotted name may begin, and what is left of the name there."""
        if level:
            folder = path.rpartition("/")[0]
            for _ in range(level - 1):
                folder = folder.rpartition("/")[0]
            yield folder, names
            return
        for folder in self._folders:
            yield folder, names
            if names[0] == _JOBS:
                yield folder, names[1:]
        if names[0] in self._root_names:
            yield "", names[1:]

    def _walk(self, folder: str, names: Sequence[str]) -> Generator[str, None, str]:
        """The files on the way down; returns the folder at its end."""
        for name in names:
            folder = _join(folder, name)
            for path in (_join(folder, _INIT), folder + _SUFFIX):
                if path in self._files:
                    yield path
        return folder


def _join(folder: str, name: str) -> str:
    return f"{folder}/{name}" if folder else name
