"""Finds and loads the files of a snapshot under its private package name; never writes bytecode."""

from __future__ import annotations

import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.readers import FileReader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from jobyard.errors import OutsideSource
from jobyard.namespaces import Namespace

TOO_DEEP = "the code is nested more deeply than Python can read"

_INIT = "__init__.py"


class SourceFinder(importlib.abc.MetaPathFinder):
    """Answers for the modules below one namespace's package, and for nothing else."""

    def __init__(
        self,
        namespace: Namespace,
        importer: Callable[..., Any],
        on_bad_init: Callable[[Path, BaseException], None],
    ) -> None:
        self._namespace = namespace
        self._builtins = {**vars(builtins), "__import__": importer}
        self._on_bad_init = on_bad_init

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        del path, target
        if fullname.partition(".")[0] != self._namespace.package:
            return None
        place = self._namespace.root.joinpath(*fullname.split(".")[1:])
        init, file = place / _INIT, place.with_name(place.name + ".py")
        if init.is_file():
            return self._spec(fullname, init, folder=place)
        if file.is_file() and place != self._namespace.root:
            return self._spec(fullname, file, folder=None)  # also beside a folder of data of that name
        return self._spec(fullname, None, folder=place) if place.is_dir() else None

    def _spec(
        self, fullname: str, file: Path | None, *, folder: Path | None
    ) -> importlib.machinery.ModuleSpec:
        real = (file or folder or self._namespace.root).resolve()
        if not real.is_relative_to(self._namespace.root):
            raise OutsideSource(f"{fullname.rpartition('.')[2]} is a link that leads out of the source")
        on_error = self._on_bad_init if self._is_tolerated(fullname) else None
        loader = FileLoader(file, self._builtins, on_error)
        spec = importlib.machinery.ModuleSpec(
            fullname, loader, origin=str(file) if file else None, is_package=folder is not None
        )
        if folder is not None:
            spec.submodule_search_locations = [str(folder)]
        spec.has_location = file is not None
        return spec

    def _is_tolerated(self, fullname: str) -> bool:
        """A folder that only holds modules must not take them down with its ``__init__.py``."""
        return f"{self._namespace.job_package}.".startswith(f"{fullname}.")


class FileLoader(importlib.abc.InspectLoader):
    """Executes one source file, with the imports of its namespace."""

    def __init__(
        self,
        file: Path | None,
        own_builtins: dict[str, Any],
        on_error: Callable[[Path, BaseException], None] | None,
    ) -> None:
        self._file = file
        self._builtins = own_builtins
        self._on_error = on_error

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        del spec
        return None  # an ordinary module object will do

    def exec_module(self, module: ModuleType) -> None:
        # Imports of job code go through this dict, which no other code shares.
        module.__dict__["__builtins__"] = self._builtins
        if self._file is None:
            return
        try:
            exec(self._code(self._file), module.__dict__)  # noqa: S102  # loading job code is the purpose
        except BaseException as exc:
            if self._on_error is None:
                raise
            self._on_error(self._file, exc)

    def get_source(self, fullname: str) -> str | None:
        del fullname
        if self._file is None:
            return None
        return importlib.util.decode_source(self._file.read_bytes())

    def get_filename(self, fullname: str) -> str:
        del fullname
        return str(self._file)

    def get_resource_reader(self, fullname: str) -> FileReader | None:
        """For ``importlib.resources``: data files beside the code."""
        if self._file is None or not self.is_package(fullname):
            return None
        return FileReader(self)  # type: ignore[arg-type]  # it only asks for our path

    @property
    def path(self) -> str:
        """The file itself, as readers of resources want it."""
        return str(self._file)

    def is_package(self, fullname: str) -> bool:
        spec = getattr(sys.modules.get(fullname), "__spec__", None)
        return spec is not None and spec.submodule_search_locations is not None

    def _code(self, file: Path) -> CodeType:
        try:
            return compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
        except SyntaxError:
            raise
        except ValueError as exc:  # null bytes
            raise SyntaxError(str(exc), (str(file), 1, None, None)) from None
        except (MemoryError, RecursionError, SystemError):
            raise SyntaxError(TOO_DEEP, (str(file), 1, None, None)) from None
