"""Read objects of a mirror through one ``git cat-file --batch``; each one is hashed again."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from jobyard_repos.errors import RevisionNotFound, SnapshotError, TreeRefused
from jobyard_repos.hardened import local_call
from jobyard_repos.refs import is_commit_id

_WINDOW = 256  # objects asked for at once; git answers after the flush, so neither side blocks the other


@dataclass(frozen=True, kw_only=True)
class GitObject:
    """An object whose content matches its id."""

    id: str  #: 40 hex digits.
    kind: str  #: ``commit``, ``tree``, ``blob`` or ``tag``.
    data: bytes


class ObjectReader:
    """
    The objects of one mirror, as a context manager.

    Args:
        mirror: The bare repository.
        largest_bytes: Objects are held in memory, one at a time; a larger one is refused unread.
        timeout_seconds: For everything that is read.
    """

    def __init__(self, mirror: Path, *, largest_bytes: int, timeout_seconds: float) -> None:
        self._largest = largest_bytes
        self._process = local_call(
            mirror, "cat-file", "--batch-command", "--buffer", timeout_seconds=timeout_seconds, stdin=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.__exit__(exc_type, exc, traceback)

    def read(self, name: str) -> GitObject:
        """
        The object of that id or full ref name.

        Raises:
            RevisionNotFound: The mirror lacks it, or has it damaged.
            TreeRefused: It is larger than the limit.
        """
        return next(self.read_all([name]))

    def read_all(self, names: Sequence[str]) -> Iterator[GitObject]:
        """The objects in the order of their names; raises like ``read``."""
        for start in range(0, len(names), _WINDOW):
            window = names[start : start + _WINDOW]
            self._ask(window)
            for name in window:
                yield self._read_one(name)

    def _ask(self, names: Sequence[str]) -> None:
        commands = [f"contents {name}\n" for name in names]
        with contextlib.suppress(BrokenPipeError):  # git died; the next read tells
            self._process.stdin.write(f"{''.join(commands)}flush\n".encode())
            self._process.stdin.flush()

    def _read_one(self, name: str) -> GitObject:
        fields = self._process.stdout.readline().split()
        if self._process.timed_out:
            raise SnapshotError("The mirror was not read in time; try again.")
        if len(fields) != 3:  # noqa: PLR2004  # "<id> <kind> <size>", or "<name> missing"
            raise RevisionNotFound(f"The mirror lacks the object {name}; fetch again.")
        object_id, kind, size = fields[0].decode(), fields[1].decode(), int(fields[2])
        if size > self._largest:
            raise TreeRefused(f"The {kind} {object_id} has {size} bytes; the limit is {self._largest}.")
        data = self._process.stdout.read(size)
        self._process.stdout.read(1)
        if object_id != _id_of(fields[1], data) or (is_commit_id(name) and object_id != name):
            raise RevisionNotFound(f"The object {name} of the mirror is damaged; fetch again.")
        return GitObject(id=object_id, kind=kind, data=data)


def _id_of(kind: bytes, data: bytes) -> str:
    digest = hashlib.sha1(b"%s %d\0" % (kind, len(data)), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()
