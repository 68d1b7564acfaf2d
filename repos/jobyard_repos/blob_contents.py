"""
What this process knows of blobs that it has read and checked: their SHA-256, by their id.

An id stands for one content for ever, so this is never wrong; forgetting it costs reading the blob again.
"""

from __future__ import annotations

from dataclasses import dataclass

_MOST_REMEMBERED = 50_000


@dataclass(frozen=True, slots=True)
class BlobContent:
    """Enough to use the content without having it."""

    sha256: str  #: 64 hex digits.
    is_lfs: bool  #: It is a pointer of Git LFS.


_KNOWN: dict[str, BlobContent] = {}


def known_content(object_id: str) -> BlobContent | None:
    return _KNOWN.get(object_id)


def remember_content(object_id: str, content: BlobContent) -> None:
    if len(_KNOWN) >= _MOST_REMEMBERED:
        _KNOWN.clear()
    _KNOWN[object_id] = content
