"""A folder for secrets that a program wants as files: in memory where possible, gone after use."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from jobyard_repos.process_ids import is_process
from jobyard_repos.removal import remove

_MEMORY = Path("/dev/shm")  # noqa: S108  # a file system in memory, not a place for predictable names
_PREFIX = "jobyard-"
_NAME = re.compile(_PREFIX + r"([0-9]+)-\w+")


@contextlib.contextmanager
def private_folder(files: Mapping[str, str]) -> Iterator[Path]:
    """
    A folder that only this account may enter, with *files* in it, removed at the end of the block.

    What a killed process left behind is removed by the next one that comes here. The path is short,
    because gpg makes sockets below it, and has no character that a shell would read.
    """
    place = _place()
    _remove_leftovers(place)
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-", dir=place))  # mode 0700
    try:
        for name, content in files.items():
            _write(folder / name, content)
        yield folder
    finally:
        remove(folder)


def _place() -> Path:
    return _MEMORY if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())


def _write(path: Path, content: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)


def _remove_leftovers(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        match = _NAME.fullmatch(folder.name)
        with contextlib.suppress(OSError):
            if match and folder.lstat().st_uid == os.geteuid() and not is_process(int(match[1])):
                remove(folder)
