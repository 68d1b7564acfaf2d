"""The child's side of its containment: done once, before author code, and never undone."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import cache
from pathlib import Path

from jobyard_repos.fail_points import VARIABLE, fail_point
from jobyard_server.isolation import kernel, landlock
from jobyard_server.isolation.change_account import become
from jobyard_server.isolation.frames import Frame
from jobyard_server.isolation.limits import bound

_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin")
_ETC = (
    "ssl", "pki", "ca-certificates", "resolv.conf", "hosts", "nsswitch.conf", "localtime", "ld.so.cache",
    "passwd", "group", "services", "protocols", "host.conf", "gai.conf", "mime.types",
)  # fmt: skip
_DEVICES = ("null", "zero", "full", "random", "urandom")


class NotConfined(Exception):  # noqa: N818  # an event of the domain
    """The containment could not be made whole, so no author code may run."""


def settle(scratch: Path) -> None:
    """A working folder of its own, which is removed afterwards."""
    os.umask(0o077)
    os.chdir(scratch)
    os.environ.update(HOME=str(scratch), TMPDIR=str(scratch), PWD=str(scratch))
    os.environ.pop("JOBYARD_CHILD", None)
    os.environ.pop(VARIABLE, None)
    tempfile.tempdir = None  # or it remembers the one of the zygote


def confine(ordered: Frame, *, root: Path | None, scratch: Path, sees_processes: bool = False) -> None:
    """
    Give up every right that a job does not need.

    Args:
        ordered: What ``containment.containment`` made.
        root: The code of the job; None for what is installed.
        scratch: The only folder that may be written.
        sees_processes: For a zygote of a snapshot: its guards look for their children in /proc. Each of its
            jobs gives that up.

    Raises:
        NotConfined: Something is missing.
    """
    try:
        bound(ordered["limits"])
        kernel.gain_nothing()
        if ordered["account"]:
            become(*ordered["account"])
        kernel.drop_capabilities()
        fail_point("child.confine")
        if ordered["landlock"]:
            landlock.restrict(
                read=[*system_files(), *given_paths(ordered["read"]), *([root] if root else [])]
                + ([Path("/proc")] if sees_processes else []),
                write=[scratch, *given_paths(ordered["write"])],
                devices=[Path("/dev", name) for name in _DEVICES],
                tcp_ports=ordered["tcp_ports"],
            )
    except (OSError, ValueError, landlock.LandlockError) as exc:
        raise NotConfined(f"The sandbox of this run could not be set up ({exc}); nothing was run.") from exc


def given_paths(paths: list[str]) -> list[Path]:
    return [Path(path) for path in paths]


@cache
def system_files() -> list[Path]:
    """Interpreter, libraries and the few files that name resolution, TLS and time zones need."""
    own = {sys.prefix, sys.base_prefix, sys.exec_prefix, *(path for path in sys.path if path)}
    places = {*_SYSTEM, *own, *(f"/etc/{name}" for name in _ETC)}
    return [Path(place) for place in sorted(places) if Path(place).exists()]
