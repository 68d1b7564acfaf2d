"""Which git is used: found once, by absolute path, and new enough."""

from __future__ import annotations

import functools
import os
import re
import shutil
from pathlib import Path

from jobyard_repos.errors import GitUnavailable
from jobyard_repos.processes import GitProcess

OLDEST = (2, 37)  # the first one that lets us pin the address of a host (http.curloptResolve)
_USUAL_FOLDERS = "/usr/bin:/usr/local/bin:/opt/homebrew/bin"
_VERSION = re.compile(rb"git version (\d+)\.(\d+)")


@functools.cache
def git_program() -> str:
    """
    Absolute path of the git program.

    Raises:
        GitUnavailable: There is none, or it is older than ``OLDEST``.
    """
    found = shutil.which("git", path=_USUAL_FOLDERS) or shutil.which("git")
    if found is None:
        raise GitUnavailable("The git program was not found; install git 2.37 or newer.")
    program = str(Path(found).absolute())
    version = git_version(program)
    if version < OLDEST:
        raise GitUnavailable(f"{program} is git {version[0]}.{version[1]}; install git 2.37 or newer.")
    return program


def git_version(program: str) -> tuple[int, int]:
    """Major and minor number of that git."""
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    with GitProcess(
        [program, "--version"], environment=environment, folder=Path("/"), timeout_seconds=10, stdout=True
    ) as process:
        match = _VERSION.match(process.stdout.read(200))
    if match is None:
        raise GitUnavailable(f"{program} does not answer like git; install git 2.37 or newer.")
    return int(match[1]), int(match[2])
