"""
Notes what author code does while it is imported: files it reads, questions to the database, other calls.

So the sync daemon knows what the description of a module depends on besides its code. Runs in inspection
children only, where the hook of the interpreter, which cannot be removed, ends with the process.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connections

EVERYTHING = "*"
_READS = frozenset({"open"})
_LISTINGS = frozenset({"os.listdir", "os.scandir", "os.walk", "os.fwalk", "glob.glob", "pathlib.Path.glob"})
_CALLS = frozenset(
    {"socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.posix_spawn", "os.exec"}
)
_EVENTS = _READS | _LISTINGS | _CALLS
_WITHOUT_NEWS = (
    *{sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")},
    *(str(Path(__file__).parents[depth]) for depth in (1,)),
    "/proc/self/",
    "/dev/",
)  # files that change with a restart only, or never


class ImportWatch:
    """
    Args:
        root: Of the snapshot.
        package: Private package name of its modules.
    """

    def __init__(self, root: Path, package: str) -> None:
        self._root = f"{root}{os.sep}"
        self._package = package
        self._current = ""
        self._files: dict[str, dict[str, Any]] = {}
        self._known = self._modules()

    def start(self) -> None:
        sys.addaudithook(self._hear)
        for connection in connections.all(initialized_only=True):
            connection.execute_wrappers.append(self._ask)

    def begin(self, path: str) -> None:
        """The module in this file comes next; what no author code does itself counts as done by it."""
        self._current = path

    def take(self) -> dict[str, Any]:
        """What was noted since the last call, and which files of the snapshot were loaded meanwhile."""
        files, self._files = self._files, {}
        told = {
            path: {"reads": sorted(seen["reads"]), "volatile": seen["volatile"]}
            for path, seen in files.items()
        }
        modules = self._modules()
        loaded = [self._path_of(modules[name]) for name in modules.keys() - self._known.keys()]
        self._known = modules
        return {"files": told, "loaded": sorted(filter(None, loaded))}

    def _modules(self) -> dict[str, str]:
        start = f"{self._package}."
        found = {name: item for name, item in list(sys.modules.items()) if name.startswith(start)}
        return {name: str(getattr(item, "__file__", None) or "") for name, item in found.items()}

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _EVENTS:
            return
        owners = list(self._owners())
        if not owners:
            return
        if event in _CALLS:
            self._note(owners, volatile=True)
        else:
            self._note_place(owners, arguments[0] if arguments else None, is_listing=event in _LISTINGS)

    def _ask(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  # Django's signature
        self._note(list(self._owners()) or [self._current], volatile=True)
        return execute(sql, params, many, context)

    def _note_place(self, owners: list[str], place: object, *, is_listing: bool) -> None:
        if not isinstance(place, str | bytes | os.PathLike):
            return  # a descriptor: whoever opened it was noted
        path = os.path.abspath(os.fsdecode(place))  # noqa: PTH100  # must not follow links, must be quick
        if f"{path}{os.sep}".startswith(self._root):
            self._note_own(owners, path, is_listing=is_listing)
        elif not path.startswith(_WITHOUT_NEWS):
            self._note(owners, volatile=True)

    def _note_own(self, owners: list[str], path: str, *, is_listing: bool) -> None:
        if is_listing:
            self._note(owners, read=EVERYTHING)
        elif not path.endswith(".py"):  # code is followed by its imports
            self._note(owners, read=path.removeprefix(self._root))

    def _note(self, owners: list[str], *, read: str = "", volatile: bool = False) -> None:
        for owner in owners:
            seen = self._files.setdefault(owner, {"reads": set(), "volatile": False})
            seen["volatile"] = seen["volatile"] or volatile
            if read:
                seen["reads"].add(read)

    def _owners(self) -> Iterator[str]:
        """The files of the snapshot whose code is being executed, innermost first."""
        frame = sys._getframe(1)  # noqa: SLF001  # the documented way to look at the stack
        while frame is not None:
            path = frame.f_code.co_filename
            if path.startswith(self._root):
                yield path.removeprefix(self._root)
            frame = frame.f_back  # type: ignore[assignment]  # None at the end

    def _path_of(self, file: str) -> str:
        return file.removeprefix(self._root) if file.startswith(self._root) else ""
