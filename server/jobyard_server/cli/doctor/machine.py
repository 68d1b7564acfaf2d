"""What the machine offers: Python, git, disk, Landlock, and who we are."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from jobyard_server.cli.doctor.finding import Finding, note, ok, wrong

OLDEST_GIT = (2, 37)  #: ``http.curloptResolve``, which pins the address that was checked.
LEAST_FREE_BYTES = 1024**3
LANDLOCK_CREATE_RULESET = 444  #: The same number on every architecture.
LANDLOCK_VERSION_FLAG = 1


def machine_findings(data_dir: Path) -> Iterator[Finding]:
    yield ok(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    yield git_finding()
    yield disk_finding(data_dir)
    yield landlock_finding()
    if os.geteuid() == 0:
        yield note("jobyard runs as root", "use an ordinary account; deploy/systemd shows how")


def git_finding() -> Finding:
    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return wrong("git does not run", "install git 2.37 or newer")
    found = re.search(r"(\d+)\.(\d+)[.\d]*", done.stdout)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_GIT:
        return wrong(f"{done.stdout.strip()} is too old", "install git 2.37 or newer")
    return ok(f"git {found[0]}")


def disk_finding(data_dir: Path) -> Finding:
    place = next(folder for folder in (data_dir, *data_dir.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / 1024**3:.1f} GiB are free below {place}"
    if free < LEAST_FREE_BYTES:
        return wrong(text, "make room, or set JOBYARD_DATA_DIR to a larger disk")
    return ok(text)


def landlock_finding() -> Finding:
    version = landlock_version()
    if version < 1:
        return note("the kernel offers no Landlock", "jobs are isolated by their process and limits only")
    return ok(f"Landlock, version {version}")


def landlock_version() -> int:
    """The version that the kernel offers; 0 or less for none."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return int(libc.syscall(LANDLOCK_CREATE_RULESET, None, 0, LANDLOCK_VERSION_FLAG))
