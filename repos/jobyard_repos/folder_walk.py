"""Which files of a watched folder count, and how to open them without being led out of it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from jobyard_repos.paths import MAX_DEPTH
from jobyard_repos.plain_files import OPEN_FILE, OPEN_FOLDER

_CACHES = {"__pycache__"}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file below the root, or the reason why a name is no such file."""

    path: str  #: As it appears below the root, with slashes.
    target: str  #: Where it really is, relative to the root, without any link in it.
    status: os.stat_result | None  #: Of the file itself; None when there is a problem.
    problem: str = ""


def walk(root: Path) -> Iterator[Found]:
    """
    Every file that could be a part of a snapshot, in sorted order of the names in each folder.

    Hidden names, caches and compiled files are passed over in silence: editors and Python make them.
    A link counts as what it points to when that lies inside *root*, also in a hidden folder of it
    (Kubernetes mounts configuration so); otherwise it is a problem.

    Raises:
        OSError: *root* cannot be read.
    """
    real_root = os.path.realpath(root)
    yield from _walk_names(real_root, "", "", (), _names_in(real_root))


def open_inside(root: int, target: str) -> int:
    """
    Open a file below the folder *root* for reading, refusing every link on the way.

    Raises:
        OSError: It is gone, or something on the way became a link.
    """
    *folders, name = target.split("/")
    current = root
    try:
        for folder in folders:
            below = os.open(folder, OPEN_FOLDER, dir_fd=current)
            if current != root:
                os.close(current)
            current = below
        return os.open(name, OPEN_FILE, dir_fd=current)
    finally:
        if current != root:
            os.close(current)


def _walk_folder(root: str, shown: str, target: str, above: tuple[str, ...]) -> Iterator[Found]:
    try:
        names = _names_in(f"{root}/{target}")
    except OSError as exc:
        yield Found(path=shown, target=target, status=None, problem=f"it cannot be read ({exc.strerror})")
        return
    yield from _walk_names(root, shown, target, above, names)


def _names_in(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return sorted(entry.name for entry in entries)


def _walk_names(
    root: str, shown: str, target: str, above: tuple[str, ...], names: list[str]
) -> Iterator[Found]:
    for name in names:
        if not _is_passed_over(name):
            path = f"{shown}/{name}" if shown else name
            yield from _look_at(root, path, f"{target}/{name}" if target else name, (*above, target))


def _is_passed_over(name: str) -> bool:
    return name.startswith(".") or name in _CACHES or name.endswith((".pyc", ".pyo"))


def _look_at(root: str, path: str, target: str, above: tuple[str, ...]) -> Iterator[Found]:
    try:
        status = os.lstat(f"{root}/{target}")
        if stat.S_ISLNK(status.st_mode):
            target = _resolve(root, target)
            status = os.lstat(f"{root}/{target}")
    except FileNotFoundError:
        return  # it went away while we looked; the next look sees what came instead
    except (OSError, ValueError) as exc:
        yield Found(path=path, target=target, status=None, problem=_problem(exc))
        return
    if stat.S_ISREG(status.st_mode):
        yield Found(path=path, target=target, status=status)
    elif not stat.S_ISDIR(status.st_mode):
        yield Found(path=path, target=target, status=None, problem="it is neither a file nor a folder")
    elif target in above or len(above) > MAX_DEPTH:
        yield Found(path=path, target=target, status=None, problem="it leads back into a folder above it")
    else:
        yield from _walk_folder(root, path, target, above)


def _resolve(root: str, link: str) -> str:
    real = Path(os.path.realpath(f"{root}/{link}"))
    if not real.is_relative_to(root):
        raise ValueError("it is a link that leads out of the folder")
    if not os.path.lexists(real):
        raise ValueError("it is a link that leads to nothing")
    return "/".join(real.relative_to(root).parts)  # of the root itself ""


def _problem(exc: Exception) -> str:
    if isinstance(exc, OSError):
        return f"it cannot be read ({exc.strerror})"
    return str(exc)
