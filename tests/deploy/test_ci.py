""".ci/run with programs that only write down how they were called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / ".ci" / "run"
REAL = ("bash", "dirname", "id", "env")
SERVICES = ("redis-server", "rabbitmqctl", "openssl", "sshd", "ssh-keygen", "gpg", "slapd", "gcc", "bwrap")
NEEDED = ("make", "git", "python3", "chromium", *SERVICES)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A folder for PATH that holds nothing but what the script needs."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in REAL:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    for name in (*NEEDED, "apt-get", "sudo"):
        write_down(folder / name)
    return folder


def write_down(program: Path, *, code: int = 0) -> None:
    program.write_text(
        '#!/usr/bin/env bash\necho "${0##*/} $* services=${JOBYARD_REQUIRE_SERVICES:-}" >> "$CALLS"\n'
        f"exit {code}\n"
    )
    program.chmod(0o755)


def run(machine: Path) -> tuple[int, list[str]]:
    calls = machine.parent / "calls"
    calls.touch()
    done = subprocess.run(
        [str(machine / "bash"), str(SCRIPT)],
        env={"PATH": str(machine), "CALLS": str(calls), "HOME": os.environ.get("HOME", "/")},
        check=False,
        capture_output=True,
    )
    return done.returncode, calls.read_text().splitlines()


def test_it_checks_and_tests_with_every_service_required(machine):
    code, calls = run(machine)

    assert code == 0
    assert [call for call in calls if call.startswith("make")] == [
        "make setup services=1",
        "make check services=1",
        "make test services=1",
    ]


def test_what_is_there_is_not_installed(machine):
    _, calls = run(machine)

    assert not [call for call in calls if "apt-get" in call]


def test_what_is_missing_is_installed(machine):
    (machine / "chromium").unlink()

    code, calls = run(machine)

    installs = [call for call in calls if "install" in call]
    assert code == 0
    assert len(installs) == 1
    assert re.search(r"apt-get install .*\bchromium\b", installs[0])


@pytest.mark.parametrize(
    ("program", "package"), [("redis-server", "redis-server"), ("rabbitmqctl", "rabbitmq-server")]
)
def test_the_brokers_of_the_tests_are_installed(machine, program, package):
    (machine / program).unlink()

    _, calls = run(machine)

    assert [call for call in calls if "apt-get install" in call and f" {package} " in call]


@pytest.mark.parametrize("program", ["make", "apt-get"])
def test_it_fails_on_what_fails(machine, program):
    (machine / "chromium").unlink()
    (machine / "sudo").write_text('#!/usr/bin/env bash\nexec "$@"\n')
    write_down(machine / program, code=3)

    code, calls = run(machine)

    assert code == 3
    assert not [call for call in calls if call.startswith("make test")]


def test_it_names_no_host():
    assert not re.search(r"https?://|index-url|\w+\.(org|com|io|net)\b", SCRIPT.read_text())
