"""
What a Python file imports, read from its text; nothing is executed.

The answer is a superset: imports inside functions and behind conditions count too. A file that may import
or read what its text does not name is *doubtful*.
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_DOUBTFUL_NAMES = frozenset(
    {"__import__", "__file__", "__path__", "__spec__", "__loader__", "exec", "eval", "compile"}
)
_DOUBTFUL_ATTRIBUTES = frozenset({"import_module", "import_string", "getcwd", "cwd", "_getframe", "getfile"})
_DOUBTFUL_MODULES = frozenset({"importlib", "pkgutil", "runpy", "imp", "inspect", "linecache"})
_MOST_REMEMBERED = 20_000
#: Python before 3.11.9 and 3.12.3 counts depth for all threads together, and may fail when two parse at once:
#: https://github.com/python/cpython/issues/106905
_PARSING = threading.Lock()


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement; ``import a.b`` has no names."""

    level: int  #: Leading dots.
    module: str  #: Dotted; may be empty after dots.
    names: tuple[str, ...]  #: After ``import`` in ``from … import …``; ``*`` for all.


@dataclass(frozen=True, slots=True)
class FileImports:
    """What the text of one file says."""

    imports: tuple[Import, ...] = ()
    is_doubtful: bool = False


def read_imports(text: bytes) -> FileImports:
    """The imports of a file; none when it is no valid Python, since then it cannot be imported either."""
    try:
        with _PARSING:
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return FileImports()
    except SystemError:  # see _PARSING: a library parsed in another thread
        return FileImports(is_doubtful=True)
    imports: list[Import] = []
    is_doubtful = False
    for node in ast.walk(tree):
        imports.extend(_imports_of(node))
        is_doubtful = is_doubtful or _is_doubtful(node)
    doubtful = is_doubtful or any(item.module.partition(".")[0] in _DOUBTFUL_MODULES for item in imports)
    return FileImports(tuple(dict.fromkeys(imports)), doubtful)


class ImportsOfFiles:
    """Remembers the answers by the hash of the file; one for the whole daemon."""

    def __init__(self) -> None:
        self._known: dict[str, FileImports] = {}
        self._lock = threading.Lock()

    def of(self, sha256: str, read: Callable[[], bytes]) -> FileImports:
        """
        Args:
            sha256: Of the content.
            read: Gives the content, if it must be looked at.
        """
        found = self._known.get(sha256)
        if found is None:
            found = read_imports(read())
            with self._lock:
                if len(self._known) >= _MOST_REMEMBERED:
                    self._known.clear()
                self._known[sha256] = found
        return found


def _imports_of(node: ast.AST) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(0, alias.name, ()) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield Import(node.level, node.module or "", tuple(alias.name for alias in node.names))


def _is_doubtful(node: ast.AST) -> bool:
    if isinstance(node, ast.Name):
        return node.id in _DOUBTFUL_NAMES
    return isinstance(node, ast.Attribute) and node.attr in _DOUBTFUL_ATTRIBUTES
