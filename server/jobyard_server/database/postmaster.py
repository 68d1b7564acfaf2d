"""Reading and ending the server process of a data directory, whoever started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from jobyard_server.database.errors import DatabaseError

POLL_SECONDS = 0.005
STOP_SECONDS = 20.0


def is_ready(data: Path, pid: int) -> bool:
    """Whether the server *pid* accepts connections; its lock file's eighth line tells, as for pg_ctl."""
    lines = _lock_lines(data)
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"  # noqa: PLR2004  # see above


def running(data: Path) -> int | None:
    """Process id of the live server of *data*; None when its lock file is missing or stale."""
    lines = _lock_lines(data)
    pid = int(lines[0]) if lines and lines[0].isdecimal() else None
    return pid if pid and _serves(pid, data) else None


def stop_orphan(data: Path) -> bool:
    """End a server that an earlier, killed jobyard left behind; True if there was one."""
    pid = running(data)
    if pid is None:
        return False
    for number in (signal.SIGINT, signal.SIGQUIT):
        _signal(pid, number)
        if wait_until(lambda: running(data) is None, STOP_SECONDS):
            return True
    raise DatabaseError(f"The PostgreSQL server {pid} of {data} does not end; stop it by hand.")


def wait_until(condition: Callable[[], bool], timeout: float) -> bool:
    end = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _lock_lines(data: Path) -> list[str]:
    try:
        return (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended meanwhile
        os.kill(pid, number)


def _serves(pid: int, data: Path) -> bool:
    """The number in a stale lock file may belong to any process by now."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cwd").readlink() == data.resolve() and not _is_zombie(pid)
        except OSError:
            return False
    shown = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(data) in shown.stdout


def _is_zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
