"""F200: what people install is complete, and needs no network."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("jobs/jobyard", "repos/jobyard_repos", "server/jobyard_server", "sync/jobyard_sync")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)], cwd=ROOT)
    (made,) = folder.glob("*.whl")
    return made


def _run(command: list[str], **options: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_f200_the_wheel_has_every_file_of_the_packages(wheel):
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if path.is_file()]
    kept = [path.relative_to(ROOT) for path in files if path.suffix != ".pyc"]
    wanted = {str(path.relative_to(path.parts[0])) for path in kept}

    inside = set(zipfile.ZipFile(wheel).namelist())

    assert wanted - inside == set()
    assert not {name for name in inside if name.startswith(("tests/", "bench/")) or "__pycache__" in name}


def test_f200_it_works_where_it_is_installed_without_network(wheel, tmp_path):
    """The libraries are those of this environment; jobyard itself is the wheel."""
    home = tmp_path / "environment"
    _run([sys.executable, "-m", "venv", "--without-pip", str(home)])
    python = str(home / "bin" / "python")
    install = ["pip", "--python", python, "install", "--no-index", "--no-deps", "--quiet", str(wheel)]
    _run([sys.executable, "-m", *install])
    away = "http://127.0.0.1:9"  # where nobody answers
    environment = {
        "PATH": f"{home}/bin:/usr/bin:/bin",
        "PYTHONPATH": sysconfig.get_paths()["purelib"],
        "HOME": str(tmp_path),
        "HTTP_PROXY": away,
        "HTTPS_PROXY": away,
    }

    where = _run([python, "-c", "import jobyard_sync; print(jobyard_sync.__file__)"], env=environment)
    command = str(home / "bin" / "jobyard")
    _run([command, "new", str(tmp_path / "mine")], env=environment)
    checked = _run([command, "check", str(tmp_path / "mine")], env=environment)
    doctor = _run([command, "doctor", "--options"], env=environment)

    assert where.startswith(str(home))
    assert "1 job, 0 errors" in checked
    assert "JOBYARD_SECOND_FACTOR" in doctor
