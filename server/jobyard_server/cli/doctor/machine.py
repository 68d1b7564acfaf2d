"""What the machine offers: Python, git, disk, Landlock, and who we are."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jobyard_server.cli.doctor.finding import Finding, note, ok, wrong
from jobyard_server.isolation import landlock
from jobyard_server.isolation.launchers import FORK, problem_of

OLDEST_GIT = (2, 37)  #: ``http.curloptResolve``, which pins the address that was checked.
LEAST_FREE_BYTES = 1024**3


def machine_findings(options: Mapping[str, Any]) -> Iterator[Finding]:
    yield ok(f"Python {platform.python_version()} on {platform.system()} {platform.machine()}")
    yield git_finding()
    yield disk_finding(options["DATA_DIR"])
    yield sandbox_finding(options["SANDBOX"])
    if options["SANDBOX_LAUNCHER"] != FORK:
        yield launcher_finding(options)
    if os.geteuid() == 0:
        yield note(
            "jobyard runs as root: jobs keep the account, and JOBYARD_RUN_PROCESSES does not bind it",
            "use an ordinary account; deploy/systemd shows how",
        )


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


def launcher_finding(options: Mapping[str, Any]) -> Finding:
    """Whether tier 2, which was asked for, can be had."""
    name, problem = options["SANDBOX_LAUNCHER"], problem_of(options)
    if problem:
        return wrong(
            f"JOBYARD_SANDBOX_LAUNCHER is `{name}`, but {problem}: nothing will run",
            "put that right, or set it to `fork`",
        )
    return ok(f"jobs have tier 2: they are started through `{name}`")


def sandbox_finding(mode: str) -> Finding:
    """Which tier the runs of this host have: docs/operating.md, "The sandbox"."""
    offered = landlock.version()
    if mode == "off":
        return note("JOBYARD_SANDBOX is off: jobs have tier 0, process and limits", "set it to `auto`")
    if offered:
        return ok(f"jobs have tier 1: process, limits and Landlock version {offered}")
    if mode == "require":
        return wrong(
            "JOBYARD_SANDBOX is `require`, but the kernel offers no Landlock: nothing will run",
            "use Linux 5.13 or newer with Landlock switched on, or set JOBYARD_SANDBOX to `auto`",
        )
    return note(
        "the kernel offers no Landlock: jobs have tier 0, process and limits",
        "use Linux 5.13 or newer, or a host that runs nothing else",
    )
