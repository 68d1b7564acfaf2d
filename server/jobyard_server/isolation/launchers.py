"""
What a child of tier 2 is started through: bubblewrap, another account, or a scope of systemd.

Each is asked for by its name and probed before it is used; one that this host cannot give is a refusal with
a sentence, never a run without it. Source: security.md 10.2, RC-01 and RC-13.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jobyard_server.database.account import Account
from jobyard_server.isolation.bubblewrap import EVERYWHERE
from jobyard_server.isolation.frames import Frame
from jobyard_server.isolation.relaunch import SCOPE

FORK, BWRAP, UID, SYSTEMD = LAUNCHERS = ("fork", "bwrap", "uid", "systemd-run")
ANEW = (BWRAP, SYSTEMD)  #: A child becomes a fresh interpreter below one of these.
_PROBE_SECONDS = 10.0


class ContainmentMissing(Exception):  # noqa: N818  # an event of the domain
    """This host cannot give what is required; the sentence says what to do."""


def launching(options: Mapping[str, Any]) -> Frame:
    """
    The entries of a containment that say how the child is launched.

    Raises:
        ContainmentMissing: Not on this host.
    """
    name = options["SANDBOX_LAUNCHER"]
    problem = problem_of(options)
    if problem:
        raise ContainmentMissing(
            f"JOBYARD_SANDBOX_LAUNCHER is `{name}`, but {problem}; put that right, or set it to `fork`."
        )
    return {"launcher": name, "program": shutil.which(name) or "", "account": _numbers(options)}


def starts_anew(options: Mapping[str, Any]) -> bool:
    """Whether a child gives up what its zygote had loaded; nothing is worth preparing in it then."""
    return options["SANDBOX_LAUNCHER"] in ANEW


def problem_of(options: Mapping[str, Any]) -> str:
    """Why this host cannot launch children as the options say; empty if it can."""
    name = options["SANDBOX_LAUNCHER"]
    if name == UID:
        return _problem_of_account(options["SANDBOX_ACCOUNT"])
    return _problem_of_program(name, shutil.which(name)) if name in ANEW else ""


def job_account(options: Mapping[str, Any]) -> Account | None:
    """The account of author code where that is another one than ours."""
    if options["SANDBOX_LAUNCHER"] != UID:
        return None
    entry = _entry(options["SANDBOX_ACCOUNT"])
    return None if entry is None else Account(entry.pw_uid, entry.pw_gid, is_other=True)


def _numbers(options: Mapping[str, Any]) -> list[int] | None:
    account = job_account(options)
    return None if account is None else [account.uid, account.gid]


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _problem_of_account(name: str) -> str:
    entry = _entry(name)
    if os.geteuid() != 0:
        return "only root can change the account of a process"
    if entry is None:
        return f"this host has no account {name} (`useradd --system {name}` makes one)"
    if entry.pw_uid == 0:
        return f"the account {name} is root's"
    account = Account(entry.pw_uid, entry.pw_gid, is_other=True)
    for place in (sys.prefix, sys.base_prefix):
        if not account.can_reach(Path(place) / "lib"):
            return f"the account {name} cannot enter {place}, where Python is"
    return ""


@lru_cache(maxsize=8)
def _problem_of_program(name: str, program: str | None) -> str:
    """Tried, not assumed: containers and distributions forbid what these need."""
    if program is None:
        return f"this host has no program {name}"
    return _PROBES[name](program)


def _probe_bubblewrap(program: str) -> str:
    true = shutil.which("true") or "/bin/true"
    return _tried([program, *EVERYWHERE, "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", true])


def _probe_systemd(program: str) -> str:
    own = [] if os.geteuid() == 0 else ["--user"]
    return _tried([program, *own, *SCOPE, "--", shutil.which("true") or "/bin/true"])


def _tried(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as exc:
        return f"{command[0]} does not work here ({exc})"
    last = done.stderr.strip().rpartition("\n")[2]
    return f"{command[0]} does not work here ({last})" if done.returncode else ""


_PROBES: dict[str, Callable[[str], str]] = {BWRAP: _probe_bubblewrap, SYSTEMD: _probe_systemd}
