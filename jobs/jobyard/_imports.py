"""
What ``import x`` means in job code.

Order: standard library, names of the ecosystems and installed distributions, modules beside the job,
root of the source. Only job code sees this: its modules have ``__builtins__`` of their own.
"""

from __future__ import annotations

import builtins
import importlib
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from typing import Any

from jobyard import compat
from jobyard.namespaces import Namespace, namespaces

_STANDARD = frozenset(sys.stdlib_module_names) | frozenset(sys.builtin_module_names) | {"__future__"}
_LIBRARY_FOLDERS = tuple({sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]})


class EcosystemImporter:
    """An ``__import__`` that also knows the names of the ecosystems; all that plugins need."""

    def __call__(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,  # noqa: A002  # signature of __import__
        locals: Mapping[str, Any] | None = None,  # noqa: A002
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if not level:
            found = self._find(name, fromlist)
            if found is not None:
                return found
        return builtins.__import__(name, globals, locals, fromlist or (), level)

    def _find(self, name: str, fromlist: Sequence[str] | None) -> Any:
        """What *name* means to this code alone; None leaves it to Python."""
        if compat.is_provided(name) or self._is_missing_here(name.partition(".")[0]):
            return compat.module(name) if fromlist else compat.package(name)
        return None

    def _is_missing_here(self, top: str) -> bool:
        return compat.is_ecosystem(top) and not is_library(top)


class Importer(EcosystemImporter):
    """The ``__import__`` of one namespace."""

    def __init__(self, namespace: Namespace) -> None:
        self._namespace = namespace
        self._private: dict[str, str | None] = {}

    def _find(self, name: str, fromlist: Sequence[str] | None) -> Any:
        if not compat.is_provided(name) and not is_library(name.partition(".")[0]):
            private = self.private_name(name)
            if private is not None:
                return self._import_private(name, private, fromlist)
        return super()._find(name, fromlist)

    def private_name(self, name: str) -> str | None:
        """The private name of a module that job code calls *name*; None when the source has none."""
        namespace = self._namespace
        top, dot, rest = name.partition(".")
        package = self._package_with(top)
        if package is not None:
            return f"{package}.{name}"
        if top == "jobs":
            return namespace.job_package + dot + rest
        if top in namespace.import_names and self._is_in_root(rest.partition(".")[0]):
            return namespace.package + dot + rest
        return None

    def _package_with(self, top: str) -> str | None:
        if top not in self._private:
            packages = (self._namespace.job_package, self._namespace.package)
            self._private[top] = next((item for item in packages if self._exists(item, top)), None)
        return self._private[top]

    def _is_in_root(self, top: str) -> bool:
        return not top or self._exists(self._namespace.package, top)

    def _exists(self, package: str, top: str) -> bool:
        folder = self._namespace.root.joinpath(*package.split(".")[1:])
        return (folder / top).is_dir() or (folder / f"{top}.py").is_file()

    def _import_private(self, name: str, private: str, fromlist: Sequence[str] | None) -> Any:
        module = importlib.import_module(private)
        if fromlist:
            return builtins.__import__(private, None, None, fromlist, 0)
        depth = name.count(".")  # ``import a.b`` binds a
        top = private.rsplit(".", depth)[0] if depth else private
        return sys.modules.get(top, module)


def import_module_for_jobs(name: str, package: str | None = None) -> Any:
    """``importlib.import_module``, which asks who calls it."""
    caller = sys._getframe(1).f_globals  # noqa: SLF001  # the documented way to know the caller
    own = caller.get("__builtins__")
    importer = own.get("__import__") if isinstance(own, dict) else None
    if isinstance(importer, EcosystemImporter) and not name.startswith("."):
        return importer(name, caller, None, ("__name__",), 0)
    return _import_module(name, package)


_import_module = importlib.import_module


def is_library(top: str) -> bool:
    """Tell whether *top* is a module of the standard library or of an installed distribution."""
    return top in _STANDARD or _is_installed(top)


@lru_cache(maxsize=4096)
def _is_installed(top: str) -> bool:
    if any(namespace.package == top for namespace in namespaces()):
        return False
    try:
        spec = PathFinder.find_spec(top, _library_path())
    except (ImportError, ValueError):
        spec = None
    return (spec is not None and _is_distribution(spec)) or _is_loaded(top)


def _library_path() -> list[str]:
    """``sys.path`` without the current folder, and without what job files put there (themselves)."""
    try:
        here = str(Path.cwd())
    except OSError:  # somebody deleted it
        here = ""
    return [folder for folder in sys.path if folder not in ("", here) and not _is_in_source(folder)]


def _is_in_source(place: str) -> bool:
    return any(Path(place).is_relative_to(namespace.root) for namespace in namespaces())


def _is_distribution(spec: ModuleSpec) -> bool:
    """A folder without ``__init__.py`` counts only where distributions are installed."""
    if spec.origin is not None:
        return True
    return any(str(folder).startswith(_LIBRARY_FOLDERS) for folder in spec.submodule_search_locations or ())


def _is_loaded(top: str) -> bool:
    """Tell whether a finder of an editable installation has already loaded *top*."""
    spec = getattr(sys.modules.get(top), "__spec__", None)
    return spec is not None and spec.origin is not None and not _is_in_source(spec.origin)
