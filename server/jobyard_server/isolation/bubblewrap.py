"""The walls that bubblewrap builds: a file tree with nothing in it but the lists, and no other processes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Of every call: what belongs to no list. It becomes process 1, so that signals reach it.
EVERYWHERE = (
    "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--as-pid-1", "--die-with-parent", "--new-session",
)  # fmt: skip


def walls(*, read: Iterable[Path], write: Iterable[Path]) -> list[str]:
    """
    The arguments of one call.

    Args:
        read: Files and folders to be seen, and not to be written; what is not there is left out.
        write: Folders to be written.
    """
    return [*EVERYWHERE, *_capability(), *_tree(read, write), "--chdir", "/"]


def _tree(read: Iterable[Path], write: Iterable[Path]) -> Iterator[str]:
    yield from ("--proc", "/proc", "--dev", "/dev")
    for path in sorted(set(read)):  # what contains comes before what is contained
        yield from ("--ro-bind-try", str(path), str(path))
    for path in write:
        yield from ("--bind", str(path), str(path))
    yield from ("--remount-ro", "/dev", "--remount-ro", "/")


def _capability() -> tuple[str, ...]:
    """See ``kernel.drop_capabilities``."""
    return ("--cap-drop", "ALL", "--cap-add", "CAP_DAC_OVERRIDE") if os.geteuid() == 0 else ()
