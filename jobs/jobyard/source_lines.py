"""In which line of its file a class begins, without asking ``inspect`` to parse the file for each class."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from jobyard.data_files import file_of


def line_of_class(cls: type) -> int:
    """First line of *cls* in its file, decorators aside; 0 where that cannot be told."""
    path = file_of(cls)
    if path is None:
        return 0
    return _lines_of(path, path.stat().st_mtime_ns).get(cls.__qualname__, 0) if path.is_file() else 0


@lru_cache(maxsize=16)
def _lines_of(path: Path, modified_ns: int) -> dict[str, int]:
    del modified_ns  # part of the key: tests and editors change files
    try:
        return dict(_classes_in(ast.parse(path.read_bytes()), ""))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return {}  # SystemError: https://github.com/python/cpython/issues/106905


def _classes_in(node: ast.AST, start: str) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield start + child.name, child.lineno
            yield from _classes_in(child, f"{start}{child.name}.")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _classes_in(child, f"{start}{child.name}.<locals>.")
        else:
            yield from _classes_in(child, start)
