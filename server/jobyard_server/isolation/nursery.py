"""
The zygote that `jobyard up` starts first and from which those of its parts are split.

It loads while the rest starts, so that the parts need not wait for zygotes of their own, and the memory
of all of them is shared. A part that runs alone, or whose nursery is gone, starts its own.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jobyard_server.isolation import control
from jobyard_server.isolation.zygote_process import ZygoteError, await_first_word, launch

_current: list[socket.socket] = []  # control socket; forked parts inherit it


@contextmanager
def nursery(options: Mapping[str, Any], log_file: Path) -> Iterator[None]:
    """While the block runs, zygotes of this process and of its forks are split from one."""
    process, owner = launch(options, log_file)
    _current.append(owner)
    try:
        yield
    finally:
        _current.clear()
        owner.close()
        process.kill()
        process.wait()


def split_zygote() -> tuple[socket.socket, int] | None:
    """
    The control socket and the process id of a new zygote; None where there is no nursery.

    Waits until the nursery has loaded.
    """
    if not _current:
        return None
    ours, theirs = socket.socketpair()
    try:
        control.send_split(_current[0], theirs.fileno())
        theirs.close()
        return ours, await_first_word(ours)
    except (OSError, ZygoteError):
        theirs.close()
        ours.close()
        return None
