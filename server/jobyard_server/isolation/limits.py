"""Bounds of one child: memory, open files, no core dumps."""

from __future__ import annotations

import resource

OPEN_FILES = 1024


def bound(*, memory_bytes: int) -> None:
    """Limit this process; *memory_bytes* is address space beyond what the zygote had already."""
    _lower(resource.RLIMIT_AS, _address_space() + memory_bytes)
    _lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    _lower(resource.RLIMIT_CORE, 0)


def _lower(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(which, (allowed, allowed))


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  # hot path
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:  # not Linux, or hidden: the limit is then the memory alone
        return 0
