"""What a fetch and a tree may cost."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class FetchLimits:
    """What a fetch may cost."""

    timeout_seconds: float = 120.0  #: For all calls of one fetch together.
    pack_bytes: int = 512 * MIB  #: Of one file that git writes.


@dataclass(frozen=True, kw_only=True)
class TreeLimits:
    """Limits of one tree; a tree beyond them is refused, a file beyond them is left out with a note."""

    files: int = 20_000  #: Entries of the whole tree.
    file_bytes: int = 10 * MIB  #: One file; a larger one is left out.
    total_bytes: int = 200 * MIB  #: All files together.
    timeout_seconds: float = 120.0  #: To read the tree from the mirror.
