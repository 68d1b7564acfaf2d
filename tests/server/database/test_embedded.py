"""The embedded server against real processes: fresh, again, after a crash, and refused."""

from __future__ import annotations

import os
import secrets
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from jobyard_server.database.embedded import EmbeddedPostgres
from jobyard_server.database.errors import ForeignDataError
from jobyard_server.database.postmaster import running, wait_until


@pytest.fixture
def server(test_base: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(test_base / f"pg-{secrets.token_hex(4)}")
    yield server
    server.stop()


def answer(url: str, query: bytes) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def test_first_start_makes_a_database_that_jobyard_owns(server: EmbeddedPostgres) -> None:
    url = server.start()
    assert (
        answer(url, b"SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'jobyard'") == "jobyard"
    )
    assert answer(url, b"SELECT rolsuper FROM pg_roles WHERE rolname = 'jobyard'") is False
    assert answer(url, b"SHOW fsync") == "on"


def test_it_listens_on_a_private_socket_only_and_wants_a_password(server: EmbeddedPostgres) -> None:
    url = server.start()
    assert answer(url, b"SHOW listen_addresses") == ""
    assert stat.S_IMODE((server.data_dir / "run").stat().st_mode) == 0o700
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(server.data_dir / "run"), user="jobyard", dbname="jobyard")


@pytest.mark.parametrize("mask", [0o000, 0o077])
def test_no_file_is_open_to_others_under_any_umask(server: EmbeddedPostgres, mask: int) -> None:
    before = os.umask(mask)
    try:
        server.start()
    finally:
        os.umask(before)
    for folder, _, names in os.walk(server.data_dir):
        for name in names:
            path = Path(folder, name)
            if not path.is_socket():
                assert path.stat().st_mode & 0o007 == 0, path


def test_data_is_there_after_a_stop_and_a_start(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.start()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    server.stop()
    assert answer(server.start(), b"SELECT n FROM kept") == 1


def test_f114_data_is_there_after_the_server_was_killed(server: EmbeddedPostgres) -> None:
    url = server.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    busy = psycopg.connect(url)
    busy.execute("INSERT INTO kept VALUES (2)")  # its backend lives on when the server is killed
    assert server.process
    server.process.kill()
    server.process.wait()
    assert answer(server.start(), b"SELECT array_agg(n) FROM kept") == [1]
    busy.close()


def test_f114_a_server_left_behind_is_ended_before_the_next_one(server: EmbeddedPostgres) -> None:
    server.start()
    orphan = server.process
    again = EmbeddedPostgres(server.data_dir)
    try:
        assert answer(again.start(), b"SELECT 1") == 1
        assert orphan
        assert orphan.wait(5) == 0
    finally:
        again.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
def test_f114_the_server_ends_with_a_parent_that_was_killed(server: EmbeddedPostgres) -> None:
    code = (
        "import sys,pathlib,time;from jobyard_server.database.embedded import EmbeddedPostgres as E;"
        "E(pathlib.Path(sys.argv[1])).start();print('up',flush=True);time.sleep(600)"
    )
    command = [sys.executable, "-c", code, str(server.data_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"up\n"
        assert running(server.data_dir / "postgres")
        parent.send_signal(signal.SIGKILL)
    assert wait_until(lambda: running(server.data_dir / "postgres") is None, 20)


def test_f114_a_lock_file_with_the_number_of_another_process_is_stale(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert running(server.data_dir / "postgres") is None


def test_f115_an_interrupted_first_start_is_done_again(server: EmbeddedPostgres) -> None:
    server.data_dir.mkdir(mode=0o711)
    (server.data_dir / "postgres.draft" / "base").mkdir(parents=True)
    assert answer(server.start(), b"SELECT 1") == 1
    assert not (server.data_dir / "postgres.draft").exists()


def test_f115_data_of_another_major_version_is_refused_and_left_alone(server: EmbeddedPostgres) -> None:
    data = server.data_dir / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("15\n")
    with pytest.raises(ForeignDataError, match=r"PostgreSQL 15.*pg_upgrade"):
        server.start()
    assert [path.name for path in data.iterdir()] == ["PG_VERSION"]


def test_f115_a_folder_with_other_files_is_refused_and_left_alone(server: EmbeddedPostgres) -> None:
    data = server.data_dir / "postgres"
    data.mkdir(parents=True)
    (data / "thesis.txt").write_text("draft")
    with pytest.raises(ForeignDataError, match="not a database of jobyard"):
        server.start()
    assert (data / "thesis.txt").read_text() == "draft"


def test_f115_a_data_directory_open_to_others_is_refused(server: EmbeddedPostgres) -> None:
    server.start()
    server.stop()
    (server.data_dir / "postgres").chmod(0o755)
    with pytest.raises(ForeignDataError, match="chmod 0700"):
        server.start()


def test_a_long_path_gets_a_short_socket_folder(test_base: Path) -> None:
    server = EmbeddedPostgres(test_base / ("d" * 120))
    try:
        assert answer(server.start(), b"SELECT 1") == 1
    finally:
        server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_f116_as_root_the_server_runs_under_another_account(server: EmbeddedPostgres) -> None:
    server.start()
    assert Path(f"/proc/{server.pid}").stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
def test_a_data_folder_that_the_account_cannot_enter_keeps_its_database_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, test_base: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("jobyard_server.database.place.SHARED_STATE", test_base / "state")
    tmp_path.chmod(0o700)
    server = EmbeddedPostgres(tmp_path / "data")
    try:
        assert answer(server.start(), b"SELECT 1") == 1
        server.stop()
        assert answer(server.start(), b"SELECT 1") == 1
    finally:
        server.stop()
    assert "its account cannot enter" in caplog.text
    assert (tmp_path / "data" / "postgres.location").exists()
