"""
What a snapshot consists of, as text. The digest of the snapshot is the SHA-256 of exactly this text.

So a manifest proves itself, and the files prove themselves by it; equal content has an equal digest,
whether it came from a commit or from a folder. Paths hold no line break (``paths.unwanted``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

_FIRST_LINE = "jobyard snapshot 1"


@dataclass(frozen=True, kw_only=True, slots=True)
class ManifestEntry:
    """One file."""

    path: str  #: With slashes, relative to the root of the snapshot.
    is_executable: bool
    size: int  #: In bytes.
    sha256: str  #: 64 hex digits.


def write_manifest(entries: Iterable[ManifestEntry]) -> bytes:
    """The text of these entries, in one order only."""
    lines = [
        f"{'x' if entry.is_executable else '-'} {entry.sha256} {entry.size} {entry.path}"
        for entry in sorted(entries, key=lambda entry: entry.path.encode())
    ]
    return "\n".join([_FIRST_LINE, *lines, ""]).encode()


def read_manifest(text: bytes) -> list[ManifestEntry]:
    """
    The entries of a manifest whose digest was checked.

    Raises:
        ValueError: It is of a kind that this version does not know.
    """
    first, *lines, last = text.decode().split("\n")
    if first != _FIRST_LINE or last:
        raise ValueError(f"unknown manifest {first[:40]!r}")
    return [_read_line(line) for line in lines]


def digest_of(manifest: bytes) -> str:
    """The name of the snapshot that has this manifest."""
    return hashlib.sha256(manifest).hexdigest()


def _read_line(line: str) -> ManifestEntry:
    mark, sha256, size, path = line.split(" ", 3)
    return ManifestEntry(path=path, is_executable=mark == "x", size=int(size), sha256=sha256)
