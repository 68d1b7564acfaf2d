"""
The hardened call: arguments made of constants, and an environment built from nothing.

Hooks, ``core.fsmonitor``, ``core.sshCommand``, pagers, aliases, ``url.insteadOf`` and templates are all
configuration that executes or redirects, so none is read: not of the system, not of the user, not of
the environment of this process. What is data comes after ``--end-of-options``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jobyard_repos.git_program import git_program
from jobyard_repos.processes import GitProcess

NO_PROTOCOL = "none"  # for calls that must not reach any remote

_FIXED_ENVIRONMENT = {
    "LANG": "C.UTF-8",  # git's own words, which outcomes.py reads
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "SSH_ASKPASS": "/bin/false",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",  # refs/replace and grafts change what a commit id shows
    "GIT_NO_LAZY_FETCH": "1",  # git 2.45 and newer; older ones meet GIT_ALLOW_PROTOCOL
    "GIT_LFS_SKIP_SMUDGE": "1",
    "GIT_OPTIONAL_LOCKS": "0",
}

FIXED_CONFIG = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.fsckObjects=true",
    # Always keep the pack as it came: loose objects would each have the size limit for themselves.
    "fetch.unpackLimit=1",
    "transfer.bundleURI=false",  # a server could have files written (CVE-2025-48385)
    "fetch.recurseSubmodules=false",
    "http.followRedirects=false",
    "protocol.version=2",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=20",
)


def environment(*, scheme: str, home: Path) -> dict[str, str]:
    """
    The whole environment of a call.

    Args:
        scheme: The only protocol that git may use: of this remote, or ``NO_PROTOCOL``. Never a list:
            ``ext::`` and ``fd::`` run commands.
        home: An empty folder; curl would read a ``.netrc`` in it.
    """
    search = f"{Path(git_program()).parent}:/usr/bin:/bin"
    return {**_FIXED_ENVIRONMENT, "PATH": search, "HOME": str(home), "GIT_ALLOW_PROTOCOL": scheme}


def arguments(mirror: Path, *config: str) -> list[str]:
    """The start of every command line; the command itself follows."""
    options = [option for item in (*FIXED_CONFIG, *config) for option in ("-c", item)]
    return [git_program(), f"--git-dir={mirror}", *options]


def empty_home(mirror: Path) -> Path:
    """The folder that git takes for a home: empty, and nobody may write into it."""
    home = mirror.parent / ".home"
    home.mkdir(mode=0o500, exist_ok=True)
    return home


def local_call(
    mirror: Path,
    *command: str,
    timeout_seconds: float,
    stdin: bool = False,
    stdout: bool = True,
    inherited: Sequence[int] = (),
) -> GitProcess:
    """Start a call that reads or tidies the mirror and cannot reach any remote."""
    return GitProcess(
        [*arguments(mirror), *command],
        environment=environment(scheme=NO_PROTOCOL, home=empty_home(mirror)),
        folder=mirror,
        timeout_seconds=timeout_seconds,
        stdin=stdin,
        stdout=stdout,
        inherited=inherited,
    )
