"""deploy/Containerfile against the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.deploy.command_line import problem_with

from jobyard_server.options import OPTIONS


@pytest.fixture(scope="module")
def lines(root: Path) -> list[str]:
    text = (root / "deploy/Containerfile").read_text()
    joined = re.sub(r"\s*\\\n\s*", " ", text)
    return [line for line in joined.splitlines() if line and not line.startswith("#")]


def arguments(lines: list[str], word: str) -> list[str]:
    return [line.partition(" ")[2] for line in lines if line.startswith(f"{word} ")]


def test_it_runs_as_an_ordinary_user(lines):
    final = lines[max(n for n, line in enumerate(lines) if line.startswith("FROM ")) :]

    assert arguments(final, "USER") == ["jobyard"]
    assert any("useradd" in line and "--uid" in line for line in arguments(final, "RUN"))


def test_dependencies_are_installed_with_their_hashes(lines):
    installs = [line for line in arguments(lines, "RUN") if "pip install" in line]

    for line in installs:
        for command in line.split("&&"):
            if "pip install" in command:
                assert "--require-hashes" in command or "--no-deps" in command
    assert "requirements/run.txt" in " ".join(installs)


def test_the_command_exists_and_listens_on_the_exposed_port(lines, commands):
    entry, command = (json.loads(arguments(lines, word)[0]) for word in ("ENTRYPOINT", "CMD"))

    assert problem_with(" ".join(entry + command), commands) == ""
    assert arguments(lines, "EXPOSE") == [command[command.index("--port") + 1]]


def test_the_health_check_exists(lines, commands):
    check = arguments(lines, "HEALTHCHECK")[0].partition("CMD ")[2]

    assert problem_with(" ".join(json.loads(check)), commands) == ""


def test_settings_exist_and_no_secret_is_in_the_image(lines):
    names = set(re.findall(r"JOBYARD_\w+", " ".join(lines)))

    assert names <= {option.variable for option in OPTIONS if not option.secret}


def test_everything_that_is_copied_exists(lines, root):
    for line in arguments(lines, "COPY"):
        if not line.startswith("--from"):
            *sources, _target = line.split()
            assert all((root / source).exists() for source in sources)


def test_every_package_of_the_wheel_is_copied(lines, root):
    packages = re.search(r"packages = \[(.*)\]", (root / "pyproject.toml").read_text())
    assert packages
    folders = {name.partition("/")[0] for name in re.findall(r'"([^"]+)"', packages[1])}

    assert folders <= {word for line in arguments(lines, "COPY") for word in line.split()}
