"""
What a child is kept from, as its owner orders it: the tier, the limits, the lists of the sandbox.

Tier 0 is what every child has: a process of its own under a guard, a clean environment, limits, no new
rights. Tier 1 adds Landlock. Tier 2 is a launcher that was asked for by name, with Landlock as well where the
kernel has it. Source: security.md 10.2.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings

from jobyard_server.isolation import landlock
from jobyard_server.isolation.account_folders import open_folders
from jobyard_server.isolation.frames import Frame
from jobyard_server.isolation.launchers import FORK, ContainmentMissing, launching

__all__ = ["ContainmentMissing", "containment", "shown", "tier"]

OFF, AUTO, REQUIRE = MODES = ("off", "auto", "require")


def tier() -> int:
    """The tier that children of this host have."""
    if settings.JOBYARD["SANDBOX_LAUNCHER"] != FORK:
        return 2
    return 1 if _landlock() else 0


def _landlock() -> int:
    """Version of the rules that children get; 0 for none."""
    return 0 if settings.JOBYARD["SANDBOX"] == OFF else landlock.version()


def containment(**limits: int) -> Frame:
    """
    The part of a task frame that says how the child is confined.

    Args:
        limits: Those that differ from what the options say, by their name in ``limits.bound``.

    Raises:
        ContainmentMissing: The kernel has no sandbox where one is required, or the host no such launcher.
    """
    options = settings.JOBYARD
    if options["SANDBOX"] == REQUIRE and not landlock.version():
        raise ContainmentMissing(
            "JOBYARD_SANDBOX is `require`, but the kernel of this host offers no Landlock; use Linux 5.13 or "
            "newer with Landlock switched on, or set JOBYARD_SANDBOX to `auto`."
        )
    open_folders(options)
    return {
        "tier": tier(),
        "landlock": _landlock(),
        **launching(options),
        "tcp_ports": _ports(options["SANDBOX_TCP_PORTS"]),
        "read": [str(path) for path in options["SANDBOX_READ"]],
        "write": [str(path) for path in options["SANDBOX_WRITE"]],
        "limits": {**_limits(options), **limits},
    }


def shown(ordered: Frame, *, database_role: str) -> dict[str, Any]:
    """What the record of a run says about its confinement."""
    return {
        "tier": ordered["tier"],
        "landlock": ordered["landlock"],
        "launcher": ordered["launcher"],
        "tcp_ports": ordered["tcp_ports"],
        "limits": ordered["limits"],
        "database_role": database_role,
    }


def _limits(options: dict[str, Any]) -> dict[str, int]:
    return {
        "memory_bytes": options["RUN_MEMORY"],
        "cpu_seconds": options["RUN_CPU_SECONDS"],
        "file_bytes": options["RUN_FILE_BYTES"],
        "open_files": options["RUN_OPEN_FILES"],
        "processes": options["RUN_PROCESSES"],
    }


def _ports(listed: list[int]) -> list[int] | None:
    """With a list the database's own port is on it; without one every port may be used."""
    if not listed:
        return None
    database = settings.DATABASES["default"]
    own = [] if str(database["HOST"]).startswith("/") else [int(database["PORT"] or 5432)]
    return sorted({*listed, *own})
