"""The kernel's limits of one child: memory, processor time, files, processes."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

CPU_GRACE_SECONDS = 5  #: Between SIGXCPU, with which a process can say so, and SIGKILL.
_COUNT_AGAIN_SECONDS = 60


def bound(limits: Mapping[str, int]) -> None:
    """
    Limit this process and what it starts.

    Args:
        limits: ``memory_bytes`` (address space beyond what the zygote had already), ``cpu_seconds``,
            ``file_bytes``, ``open_files`` and ``processes`` (beyond those that the account has now).
    """
    cpu = limits["cpu_seconds"]
    _lower(resource.RLIMIT_AS, _address_space() + limits["memory_bytes"])
    _lower(resource.RLIMIT_CPU, cpu, cpu + CPU_GRACE_SECONDS)
    _lower(resource.RLIMIT_FSIZE, limits["file_bytes"])
    _lower(resource.RLIMIT_NOFILE, limits["open_files"])
    _lower(resource.RLIMIT_CORE, 0)
    with suppress(AttributeError):  # not everywhere
        _lower(resource.RLIMIT_NPROC, known_threads() + limits["processes"])


def known_threads() -> int:
    """Threads of this account, counted about once a minute and before the fork: they share one limit."""
    return _threads_of(os.getuid(), int(time.monotonic() / _COUNT_AGAIN_SECONDS))


@lru_cache(maxsize=1)
def _threads_of(account: int, _minute: int) -> int:
    return sum(_count_threads(folder, account) for folder in Path("/proc").glob("[0-9]*"))


def _count_threads(process: Path, account: int) -> int:
    try:
        if process.stat().st_uid != account:
            return 0
        fields = (process / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:  # it has ended
        return 0
    return int(fields[17])


def _lower(which: int, soft: int, hard: int | None = None) -> None:
    """Never raises a limit that is lower already."""
    _, most = resource.getrlimit(which)
    wanted = soft if hard is None else hard
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    resource.setrlimit(which, (min(soft, allowed), allowed))


def _address_space() -> int:
    try:
        descriptor = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:  # not Linux, or hidden: the limit is then the memory alone
        return 0
    try:  # not as a text file: in a fork that costs a millisecond
        return int(os.read(descriptor, 256).split()[0]) * resource.getpagesize()
    finally:
        os.close(descriptor)
