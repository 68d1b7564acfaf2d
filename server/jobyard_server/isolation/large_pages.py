"""
Large pages for the memory that a zygote has when it has loaded everything.

A fork copies the table of its parent's pages, and an end takes it down again; five hundred times fewer
entries make both cheaper. What a child writes to is still copied in small pages.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from jobyard_server.isolation.kernel import libc

_COLLAPSE = 25  #: MADV_COLLAPSE, since Linux 6.1; older ones refuse it, and nothing changes.
_LARGE = 2 << 20  #: Bytes; where it is another size, the kernel refuses.


def use_large_pages() -> int:
    """
    Ask for them wherever a whole one is in use already; how many there are now.

    Costs a copy of that memory, some 10 ms, once.
    """
    if libc is None:
        return 0
    given = 0
    for start in _candidates():
        if libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(_LARGE), _COLLAPSE):
            break  # the kernel has none to give, or does not know the word
        given += 1
    return given


def _candidates() -> Iterator[int]:
    """Addresses in memory of nobody but us: the heap, and what belongs to no file."""
    with suppress(OSError):
        for line in Path("/proc/self/maps").read_text(encoding="ascii", errors="replace").splitlines():
            place, mode, _offset, _device, _inode, *name = line.split()
            if mode == "rw-p" and (not name or name == ["[heap]"]):
                low, high = (int(part, 16) for part in place.split("-"))
                yield from range(-(-low // _LARGE) * _LARGE, high // _LARGE * _LARGE, _LARGE)
