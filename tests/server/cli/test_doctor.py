"""`jobyard doctor`: says what is configured, what answers, what is wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.server.cli.cast import sign_of_life

from jobyard_server.cli.doctor import machine
from jobyard_server.cli.doctor.folders import folder_findings
from jobyard_server.cli.doctor.option_list import MASK, option_lines
from jobyard_server.options import OPTIONS, read_options


def doctor_elsewhere(data_dir: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JOBYARD_")}
    return subprocess.run(
        [sys.executable, "-c", "from jobyard_sync.cli import main; main()", "doctor", *arguments],
        env={**kept, "JOBYARD_DATA_DIR": str(data_dir), **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_healthy_installation_has_nothing_wrong(jobyard, transactional_db, settings):
    settings.JOBYARD["JOBS_ROOT"].mkdir(parents=True, exist_ok=True)
    for kind in ("web", "sync", "worker", "scheduler"):
        sign_of_life(kind)

    answer = jobyard("doctor")

    assert "wrong" not in answer.stdout
    assert "ok     the database answers: PostgreSQL" in answer.stdout
    assert "ok     the tables are up to date" in answer.stdout
    assert "ok     worker is alive" in answer.stdout
    assert answer.exit_code == 0


def test_a_missing_part_is_wrong_and_told_with_its_command(jobyard, transactional_db):
    answer = jobyard("doctor")

    assert (
        "wrong  scheduler gives no sign of life — start `jobyard up` or `jobyard scheduler`" in answer.stdout
    )
    assert answer.exit_code == 1


def test_a_health_check_asks_for_one_part_of_this_host(jobyard, transactional_db):
    sign_of_life("sync")
    elsewhere = sign_of_life("worker")
    elsewhere.hostname = "another-host"
    elsewhere.save()

    assert jobyard("doctor", "--part", "sync").exit_code == 0
    assert jobyard("doctor", "--part", "worker").exit_code == 1


def test_without_a_database_it_says_so_and_tells_the_rest(tmp_path):
    done = doctor_elsewhere(tmp_path / "data")

    assert "wrong  there is no database yet — start `jobyard up`" in done.stdout
    assert "ok     git " in done.stdout
    assert done.returncode == 1
    assert not (tmp_path / "data").exists()


def test_a_database_that_does_not_answer_is_one_line(tmp_path):
    url = "postgresql://jobyard:hunter2@/jobyard?host=/nonexistent"

    done = doctor_elsewhere(tmp_path, JOBYARD_DATABASE_URL=url)

    assert "wrong  The database does not answer" in done.stdout
    assert "hunter2" not in done.stdout + done.stderr
    assert done.stderr == ""


def test_a_wrong_setting_is_one_sentence(tmp_path):
    done = doctor_elsewhere(tmp_path, JOBYARD_DEBUG="perhaps")

    assert done.stderr == "JOBYARD_DEBUG: 'perhaps' cannot be used; use true or false.\n"
    assert done.returncode == 1


def test_the_list_has_every_option_and_no_secret(tmp_path):
    done = doctor_elsewhere(tmp_path, "--options", JOBYARD_SECRET_KEY="a1B2c3D4e5" * 5)

    for option in OPTIONS:
        assert option.variable in done.stdout
        assert option.help in done.stdout
    assert f"JOBYARD_SECRET_KEY = {MASK}\n" in done.stdout
    assert "a1B2c3D4e5" * 5 not in done.stdout


def test_a_default_is_marked_as_such():
    lines = list(option_lines(read_options()))

    assert "JOBYARD_ENGINE = dramatiq (default)" in lines


@pytest.mark.parametrize(
    ("printed", "word"),
    [("git version 2.47.1", "ok"), ("git version 2.30.2", "wrong"), ("nonsense", "wrong")],
)
def test_git_must_be_new_enough(tmp_path, monkeypatch, printed, word):
    fake = tmp_path / "git"
    fake.write_text(f"#!/bin/sh\necho '{printed}'\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert machine.git_finding().level == word


def test_no_git_at_all_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    assert "install git" in machine.git_finding().remedy


def test_a_full_disk_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "LEAST_FREE_BYTES", 2**62)

    assert machine.disk_finding(tmp_path / "not" / "there" / "yet").level == "wrong"


def test_an_open_key_is_wrong_and_told_with_the_command_that_closes_it(tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    (keys / "secret-key").touch(mode=0o600)
    (keys / "secret-key").chmod(0o644)

    found = [finding for finding in folder_findings(tmp_path, tmp_path) if finding.level == "wrong"]

    assert [finding.remedy for finding in found] == [f"run `chmod go= {keys}/secret-key`"]


def test_a_missing_jobs_root_is_wrong(tmp_path):
    found = [finding.text for finding in folder_findings(tmp_path, tmp_path / "jobs")]

    assert f"JOBS_ROOT {tmp_path}/jobs is no folder" in found
