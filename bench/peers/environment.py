"""An environment of its own for a release of Nautobot, from the package index that pip is set up for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

INSTALL_SECONDS = 1800
OLDEST_FIRST = ("python3.11", "python3.10", "python3.9", "python3.8", sys.executable)


class PeerUnavailableError(Exception):
    """This peer cannot be measured here."""


def install(requirement: str, folder: Path) -> Path:
    """
    Install *requirement* into *folder*; returns its programs' folder. What is there already is used.

    Raises:
        PeerUnavailableError: With the reason, for people.
    """
    programs = folder / "bin"
    if (programs / "nautobot-server").exists():
        return programs
    uv = str(Path(sys.executable).with_name("uv"))
    _call([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], requirement)
    python = str(programs / "python")
    _call([uv, "pip", "install", "--quiet", "--python", python, requirement], requirement)
    return programs


def installed_version(programs: Path) -> str:
    code = "from importlib.metadata import version; print(version('nautobot'))"
    done = subprocess.run([programs / "python", "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _call(command: list[str], requirement: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise PeerUnavailableError(f"{requirement} was not installed: {type(exc).__name__}") from exc
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1].strip()
        here = f"Python {sys.version_info.major}.{sys.version_info.minor}"
        raise PeerUnavailableError(f"{requirement} cannot be installed on {here}: {reason}")
