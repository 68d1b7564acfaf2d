"""Packages that a test needs beside those of the environment: of an extra, or another release of one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[1] / "requirements"
UV = str(Path(sys.executable).with_name("uv"))


def installed(folder: Path, requirements: str) -> Path:
    """
    *folder* with the packages of ``requirements/<requirements>.txt``, and no others.

    The certificates of the system are used, so no variable has to say where they are.
    """
    command = [UV, "pip", "install", "--quiet", "--system-certs", "--python", sys.executable, "--no-deps"]
    done = subprocess.run(
        [
            *command,
            "--require-hashes",
            "--target",
            str(folder),
            "--requirement",
            str(REQUIREMENTS / f"{requirements}.txt"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and not os.environ.get("JOBYARD_REQUIRE_SERVICES"):
        pytest.skip(f"the packages of {requirements}.txt cannot be had here: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
    return folder
