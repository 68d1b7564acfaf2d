"""Lets the modules of a plugin import the names of the ecosystems, as job files may."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import ModuleType

from jobyard._imports import EcosystemImporter


class PluginFinder(MetaPathFinder):
    """Finds what Python would find for one top-level package, and gives it our ``__import__``."""

    def __init__(self, package: str) -> None:
        self.package = package

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != self.package:
            return None
        others = [finder for finder in sys.meta_path if not isinstance(finder, PluginFinder)]
        specs = (finder.find_spec(fullname, path, target) for finder in others)
        spec = next((item for item in specs if item is not None), None)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            spec.loader = _PluginFileLoader(spec.loader.name, spec.loader.path)
        return spec


class _PluginFileLoader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": EcosystemImporter()}
        super().exec_module(module)
