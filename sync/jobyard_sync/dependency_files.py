"""
Files of a source that say which packages its jobs want: shown, never installed and never executed.

A line of such a file can name another index, a folder or an address, and building a package executes code;
so a person decides what is installed, beside jobyard. Source: security.md, LD-10
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jobyard.job_files import folder_of

MOST_NAMES = 20  #: Shown of one file.
MOST_BYTES = 100_000  #: A longer file is named, not read.
_LISTS = re.compile(r"(?:[\w.-]*requirements[\w.-]*)\.(?:txt|in)", re.IGNORECASE)
_OTHERS = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "Pipfile", "poetry.lock", "uv.lock"})
_REQUIREMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?=\s*(?:$|[\[=<>!~;#@ ]))")


def dependency_sentences(root: Path, files: Mapping[str, str], job_paths: Iterable[str]) -> Iterator[str]:
    """
    One sentence for each such file in the root and in the folders of job files.

    Args:
        root: Of the snapshot.
        files: What is in it, by path.
        job_paths: Where modules lie.
    """
    for path in _found(files, job_paths):
        names = _names(root / path) if _LISTS.fullmatch(path.rpartition("/")[2]) else []
        asks = f" asks for {_listed(names)}" if names else " is about packages"
        yield f"`{path}`{asks}; jobyard installs nothing: install what is missing where workers run."


def _found(files: Mapping[str, str], job_paths: Iterable[str]) -> list[str]:
    folders = dict.fromkeys(["", *map(folder_of, job_paths)])
    return sorted(
        path
        for path in files
        if path.rpartition("/")[0] in folders and _is_dependency_file(path.rpartition("/")[2])
    )


def _is_dependency_file(name: str) -> bool:
    return name in _OTHERS or _LISTS.fullmatch(name) is not None


def _names(path: Path) -> list[str]:
    if path.stat().st_size > MOST_BYTES:
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    found = (_REQUIREMENT.match(line.strip()) for line in lines)
    return list(dict.fromkeys(match[0] for match in found if match))


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(f"`{name}`" for name in names[:MOST_NAMES]) + more
