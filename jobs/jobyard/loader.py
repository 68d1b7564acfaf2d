"""
Load job modules from a snapshot, each source in a namespace of its own.

Two snapshots share nothing; one file is one module object under whatever spelling it is imported;
nothing outside job code sees any of it.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Protocol, Self

from jobyard import _ecosystem_finder, _imports
from jobyard._finder import SourceFinder
from jobyard._plugin_finder import PluginFinder
from jobyard.namespaces import Namespace, forget, private_package, register, register_plugin

__all__ = ["Loader", "PluginLoader", "SourceLoader"]


class Loader(Protocol):
    """What inspection and runs need: a module by its name in the class path."""

    @property
    def root(self) -> Path:
        """Root of the source; paths in reports are relative to it."""
        ...

    def load(self, module_name: str) -> ModuleType:
        """Import the module unless that has been done; lets out whatever it raises."""
        ...


class SourceLoader:
    """
    Modules of one snapshot.

    Args:
        root: Root of the snapshot on disk.
        job_path: Folder of the modules, with slashes (``jobs``); ``""`` when they lie in the root.
        source: Source key: ``local`` or ``git.<slug>``.
        digest: Digest of the snapshot; with *source* it makes the private package name.
    """

    def __init__(self, *, root: Path, job_path: str, source: str, digest: str) -> None:
        self.namespace = Namespace(
            package=private_package(source, digest),
            source=source,
            digest=digest,
            root=Path(root).resolve(),
            job_path=job_path,
        )
        #: Errors of the ``__init__.py`` of the root and of the jobs folder; both count as empty then.
        self.init_errors: list[tuple[Path, BaseException]] = []
        self._finder = SourceFinder(
            self.namespace,
            _imports.Importer(self.namespace),
            lambda path, exc: self.init_errors.append((path, exc)),
        )

    @property
    def root(self) -> Path:
        return self.namespace.root

    def install(self) -> Self:
        """Make the modules importable; safe to repeat."""
        register(self.namespace)
        if self._finder not in sys.meta_path:
            sys.meta_path.insert(0, self._finder)
        importlib.import_module = _imports.import_module_for_jobs
        _ecosystem_finder.install()
        return self

    def uninstall(self) -> None:
        """Forget the modules. Objects made of them live on, but cannot be pickled any more."""
        if self._finder in sys.meta_path:
            sys.meta_path.remove(self._finder)
        forget(self.namespace)
        package = self.namespace.package
        for name in [item for item in sys.modules if item == package or item.startswith(package + ".")]:
            del sys.modules[name]
        if not any(isinstance(finder, SourceFinder | PluginFinder) for finder in sys.meta_path):
            importlib.import_module = _imports._import_module  # noqa: SLF001  # our own module
            _ecosystem_finder.uninstall()

    def __enter__(self) -> Self:
        return self.install()

    def __exit__(self, *_exc: object) -> None:
        self.uninstall()

    def load(self, module_name: str) -> ModuleType:
        """
        The module of that name, loaded once.

        Raises:
            BaseException: Whatever the module raises while it is imported.
        """
        self.install()
        return _imports._import_module(f"{self.namespace.job_package}.{module_name}")  # noqa: SLF001


class PluginLoader:
    """Modules of an installed Python package; only the classes in its ``jobs`` list are jobs."""

    def __init__(self, module_name: str) -> None:
        self.module_name = module_name
        top = module_name.partition(".")[0]
        spec = importlib.util.find_spec(top)
        if spec is None:
            raise ModuleNotFoundError(f"Plugin {top} is not installed")
        folder = next(iter(spec.submodule_search_locations or ()), None)
        self.root = Path(folder or Path(spec.origin or ".").parent).resolve()

    def install(self) -> Self:
        """Make class paths of this plugin known, and the names of the ecosystems known to it."""
        register_plugin(self.module_name, self.root)
        package = self.module_name.partition(".")[0]
        known = {finder.package for finder in sys.meta_path if isinstance(finder, PluginFinder)}
        if package not in known:
            sys.meta_path.insert(0, PluginFinder(package))
        importlib.import_module = _imports.import_module_for_jobs
        _ecosystem_finder.install()
        return self

    def __enter__(self) -> Self:
        return self.install()

    def __exit__(self, *_exc: object) -> None:
        """Nothing to undo: an installed package stays importable."""

    def load(self, module_name: str) -> ModuleType:
        self.install()
        return importlib.import_module(module_name)
