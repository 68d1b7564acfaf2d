"""The command `jobyard` as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from jobyard_sync.cli import make_app

CONTRACT = {
    "up": {"--host", "--port", "--data-dir", "--jobs-root", "--workers", "--demo"},
    "web": set(),
    "sync": set(),
    "worker": {"--queues"},
    "scheduler": set(),
    "runjob": {
        "--commit",
        "--username",
        "-u",
        "--data",
        "-d",
        "--local",
        "-l",
        "--wait",
        "--no-wait",
        "--file",
    },
    "repo add": {"--branch"},
    "repo list": set(),
    "repo sync": set(),
    "repo show": set(),
    "check": {"--format"},
    "user create": set(),
    "token create": set(),
    "user reset-second-factor": set(),
    "doctor": {"--options"},
    "manage": set(),
}


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JOBYARD_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", "from jobyard_sync.cli import main; main()", *arguments],
        env={**kept, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def find(path: str) -> set[str]:
    command = get_command(make_app())
    for name in path.split():
        command = command.commands[name]
    return {name for item in command.params for name in (*item.opts, *item.secondary_opts)}


@pytest.mark.parametrize("path", CONTRACT)
def test_every_command_of_the_contract_has_its_options(path):
    assert CONTRACT[path] <= find(path)


def test_help_loads_nothing_heavy():
    """`jobyard --help` and every quick refusal stay quick."""
    code = (
        "import sys\nfrom jobyard_sync.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True, env={**os.environ}
    )

    loaded = set(done.stderr.split())
    assert "typer" in loaded
    assert not loaded & {"django", "psycopg", "git", "rich", "uvicorn", "dramatiq", "jobyard", "pydantic"}


def test_version():
    assert run("--version").stdout == "jobyard 0.1.0\n"


def test_an_unknown_command_is_wrong_usage():
    done = run("fly")

    assert "No such command 'fly'" in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize("workers", ["0", "many"])
def test_wrong_arguments_of_up_are_wrong_usage(workers):
    assert run("up", "--workers", workers).returncode == 2


def test_a_wrong_setting_stops_a_start_with_a_sentence(tmp_path: Path):
    done = run("up", "--data-dir", str(tmp_path), JOBYARD_TIME_LIMIT="soon")

    assert done.stderr == "JOBYARD_TIME_LIMIT: 'soon' cannot be used; use a whole number, at least 1.\n"
    assert (done.stdout, done.returncode) == ("", 1)


def test_a_command_without_a_database_says_how_to_start_one(tmp_path: Path):
    done = run("job", "list", JOBYARD_DATA_DIR=str(tmp_path))

    assert done.stderr.startswith("The database does not answer (")
    assert "start `jobyard up` on this data folder" in done.stderr
    assert (done.stderr.count("\n"), done.returncode) == (1, 1)


def test_debug_shows_the_traceback(tmp_path: Path):
    done = run("--debug", "job", "list", JOBYARD_DATA_DIR=str(tmp_path))

    assert "Traceback (most recent call last)" in done.stderr


def test_nautobot_server_offers_runjob_under_its_old_name(tmp_path: Path):
    done = subprocess.run(
        [sys.executable, "-c", "from jobyard_server.cli.nautobot_server import main; main()", "runjob", "x"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == 'Job must be specified in the form "grouping_name/module_name/JobClassName"\n'
    assert done.returncode == 2
