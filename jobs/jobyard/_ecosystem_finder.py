"""
The names of the ecosystems for libraries that job code imports: helpers that teams install beside it.

Comes last: a package that is installed under such a name is what the library gets.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from jobyard import compat
from jobyard._imports import EcosystemImporter


class EcosystemFinder(MetaPathFinder):
    """Finds what ``compat`` knows."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        if not (compat.is_provided(fullname) or compat.is_package(fullname)) or not _is_for_job_code():
            return None
        return ModuleSpec(fullname, _StandIn(), is_package=True)


def _is_for_job_code() -> bool:
    """Whether a job file, or what it has called, waits for this import; others shall not see the names."""
    frame = sys._getframe(1)  # noqa: SLF001  # the documented way to know the callers
    while frame is not None:
        own = frame.f_globals.get("__builtins__")
        if isinstance(own, dict) and isinstance(own.get("__import__"), EcosystemImporter):
            return True
        frame = frame.f_back  # type: ignore[assignment]  # None at the end
    return False


class _StandIn(Loader):
    """
    A module that passes everything on to the real one.

    Not the real one itself: the machinery of imports would write this name into it.
    """

    def exec_module(self, module: ModuleType) -> None:
        real = compat.module(module.__name__)
        names = {name: value for name, value in vars(real).items() if not name.startswith("__")}
        if hasattr(real, "__all__"):
            names["__all__"] = real.__all__
        vars(module).update(names)

        def passed_on(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return getattr(real, name)

        module.__dict__["__getattr__"] = passed_on


_FINDER = EcosystemFinder()


def install() -> None:
    if _FINDER not in sys.meta_path:
        sys.meta_path.append(_FINDER)


def uninstall() -> None:
    """Also forgets what was found, or it would outlive the sources that it was meant for."""
    if _FINDER in sys.meta_path:
        sys.meta_path.remove(_FINDER)
    for name, module in list(sys.modules.items()):
        spec = getattr(module, "__spec__", None)
        if isinstance(getattr(spec, "loader", None), _StandIn):
            del sys.modules[name]
