"""What the kernel offers for keeping processes in order, where it is Linux; elsewhere these do nothing."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

_SET_PDEATHSIG, _SET_DUMPABLE, _SET_NO_NEW_PRIVS, _SET_CHILD_SUBREAPER = 1, 4, 38, 36
_CAPABILITY_VERSION = 0x20080522
_CAP_DAC_OVERRIDE = 1 << 1

libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def close_to_debuggers() -> None:
    """
    No process of the same account may read our memory or environment, or trace us; forks inherit it.

    Source: security.md ZY-09.
    """
    _control(_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Descendants whose parent ends become our children, so that none of them gets lost."""
    _control(_SET_CHILD_SUBREAPER, 1)


def end_with(parent: int) -> None:
    """Be killed when *parent*, which must be our parent, ends; it may have ended already."""
    _control(_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)


def gain_nothing() -> None:
    """No program that we start can have more rights than we have (set-user-id bits count for nothing)."""
    _control(_SET_NO_NEW_PRIVS, 1)


def drop_capabilities() -> None:
    """
    Give up what sets root apart from other accounts; does nothing for those that have no capabilities.

    One is kept, that of passing over file modes: the socket of the embedded database belongs to another
    account, and a job may have to connect again. What files it reaches is Landlock's business.
    """
    if libc is None:
        return
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable; then their upper halves
    libc.capget(header, sets)
    kept = sets[1] & _CAP_DAC_OVERRIDE
    if libc.capset(header, (ctypes.c_uint32 * 6)(kept, kept)):
        raise OSError(ctypes.get_errno(), "the capabilities could not be given up")


def children_of_ours() -> list[int]:
    """Process ids of the living and the unburied children of this process."""
    return children_of("self")


def children_of(process: int | str) -> list[int]:
    """Process ids of the living and the unburied children of *process*; none if it has ended."""
    with suppress(OSError):
        return [
            int(pid)
            for task in Path(f"/proc/{process}/task").iterdir()
            for pid in (task / "children").read_text(encoding="ascii").split()
        ]
    return []


def _control(option: int, value: int) -> None:
    if libc is not None:
        libc.prctl(option, value, 0, 0, 0)
