"""`jobyard up` with all its real parts, from outside."""

from __future__ import annotations

import os
import re
import secrets
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from tests.sync.up.tree import COMMAND, PARTS, Tree, alive, until

from jobyard_server.database.postmaster import running

pytestmark = pytest.mark.e2e

TOKEN = "0123456789abcdef0123456789abcdef01234567"  #: Any 40 hexadecimal digits will do.


@pytest.fixture
def start(test_base: Path) -> Iterator[Callable[..., Tree]]:
    trees: list[Tree] = []

    def start(*arguments: str, data_dir: Path | None = None, **environ: str) -> Tree:
        folder = data_dir or test_base / f"up-{secrets.token_hex(4)}"
        trees.append(Tree(folder, *arguments, **environ))
        return trees[-1]

    yield start
    for tree in trees:
        tree.close()


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    """One tree for the tests that leave it as it was."""
    running = Tree(Path(os.environ["JOBYARD_TEST_BASE"]) / "up-shared", "--demo")
    try:
        yield running.wait_until_ready()
    finally:
        running.close()


@pytest.fixture(scope="module")
def configured() -> Iterator[Tree]:
    """One tree with about everything set that can be."""
    server = os.environ["JOBYARD_DATABASE_URL"]
    name = f"up_{secrets.token_hex(4)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    running = Tree(
        Path(os.environ["JOBYARD_TEST_BASE"]) / "up-configured",
        "--workers",
        "2",
        JOBYARD_DATABASE_URL=server.replace("/jobyard?", f"/{name}?"),
        JOBYARD_ADMIN_USER="alice",
        JOBYARD_ADMIN_PASSWORD="rather secret words",
        JOBYARD_ADMIN_TOKEN=TOKEN,
    )
    try:
        yield running.wait_until_ready()
    finally:
        running.close()


def test_a_fresh_folder_leads_to_a_ready_line_and_a_healthy_answer(tree):
    status, body = tree.get("/health/ready")

    assert status == 200
    assert body["status"] == "ok"
    assert set(body["components"]) >= {"database", "sync", "worker", "scheduler"}
    assert set(body["components"].values()) == {"ok"}


def test_the_first_lines_tell_how_to_get_in(tree):
    lines = tree.told.read_text().splitlines()
    account = tree.account()

    assert [line.split()[1] for line in lines[:4]] == ["address", "user", "password", "token"]
    assert account["address"] == f"http://127.0.0.1:{tree.port}"
    assert account["user"] == "admin"
    assert re.fullmatch(r"[0-9a-f]{40}", account["token"])
    assert tree.get("/api/extras/jobs/", token=account["token"])[0] == 200


def test_the_demo_is_there(tree):
    token = tree.account()["token"]

    def listed() -> set[str]:
        return {job["id"] for job in tree.get("/api/extras/jobs/", token=token)[1]}

    until(lambda: {"local/first_steps/Hello", "git.demo/greetings/Greet"} <= listed())


def test_only_the_address_that_was_printed_listens(tree):
    pids = [tree.process.pid, *tree.children()]

    assert _listening_ports(pids) == {tree.port}


def test_a_second_start_on_the_same_folder_is_refused(tree):
    done = subprocess.run(
        [*COMMAND, "up", "--port", "0", "--data-dir", str(tree.data_dir)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == (
        f"jobyard already runs on {tree.data_dir} (process {tree.process.pid});"
        " stop it, or use another --data-dir.\n"
    )
    assert (done.stdout, done.returncode) == ("", 1)
    assert tree.is_ready()


def test_a_taken_port_is_refused(tree, test_base):
    folder = test_base / f"up-{secrets.token_hex(4)}"
    done = subprocess.run(
        [*COMMAND, "up", "--port", str(tree.port), "--data-dir", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stderr == (
        f"jobyard cannot listen on 127.0.0.1 port {tree.port} (Address already in use);"
        " use another --port, or --port 0 for a free one.\n"
    )
    assert done.returncode == 1


def test_files_of_the_data_folder_are_closed_to_others(tree):
    assert sorted(_reachable_by_others(tree.data_dir)) == []


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_is_back_within_thirty_seconds(tree, part):
    before = _pid_of(tree, part)

    os.kill(before, signal.SIGKILL)

    until(lambda: _pid_of(tree, part) not in {None, before} and tree.is_ready(), 30)
    assert f"{part} was killed by signal 9; starting it again" in tree.told.read_text()


def test_a_killed_database_is_back_too(tree):
    postmaster = int((tree.data_dir / "postgres" / "postmaster.pid").read_text().split()[0])

    os.kill(postmaster, signal.SIGKILL)

    until(lambda: "the database ended; starting it again" in tree.told.read_text(), 30)
    until(tree.is_ready, 30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_status_0_and_leaves_no_process(start, number):
    tree = start().wait_until_ready()
    pids = tree.children()

    status = tree.stop(number)

    assert status == 0
    assert alive(pids) == []


@pytest.mark.parametrize("sign", ["lock", "postgres/postmaster.pid"])
def test_f197_a_signal_before_it_is_ready_ends_it_with_status_0_too(start, sign):
    tree = start()
    until((tree.data_dir / sign).exists)

    status = tree.stop()

    assert status == 0
    assert running(tree.data_dir / "postgres") is None


def test_after_a_kill_of_everything_the_next_start_recovers(start):
    first = start("--demo").wait_until_ready()
    account = first.account()
    first.kill_everything()

    second = start("--demo", data_dir=first.data_dir).wait_until_ready()

    assert second.is_ready()
    assert second.account()["token"] == account["token"]
    assert second.get("/api/extras/jobs/", token=account["token"])[0] == 200


def test_a_kill_of_the_parent_alone_ends_the_rest(start):
    tree = start().wait_until_ready()
    pids = tree.children()

    tree.process.kill()
    tree.process.wait()

    until(lambda: alive(pids) == [], 30)


def test_an_account_that_was_given_works_and_is_not_shown(configured):
    account = configured.account()

    assert (account["user"], account["password"], account["token"]) == (
        "alice",
        "as set by JOBYARD_ADMIN_PASSWORD",
        "as set by JOBYARD_ADMIN_TOKEN",
    )
    assert configured.get("/api/extras/jobs/", token=TOKEN)[0] == 200
    assert not (configured.data_dir / "first-admin").exists()


def test_a_database_of_your_own_is_used_and_none_is_started(configured):
    assert configured.is_ready()
    assert not (configured.data_dir / "postgres").exists()


def test_two_workers_are_two_processes(configured):
    assert (configured.data_dir / "logs" / "worker-2.log").exists()


def _pid_of(tree: Tree, part: str) -> int | None:
    """Of the newest sign of life."""
    query = b"SELECT pid FROM extras_component WHERE kind = %s ORDER BY started_at DESC LIMIT 1"
    with psycopg.connect((tree.data_dir / "keys" / "database-url").read_text()) as connection:
        row = connection.execute(query, [part]).fetchone()
    return row[0] if row else None


def _reachable_by_others(folder: Path) -> Iterator[Path]:
    """Files that other accounts may open: the file and all folders above it let them."""
    for path in folder.iterdir():
        mode = path.lstat().st_mode
        if path.is_symlink():
            continue
        if path.is_dir() and mode & 0o011:
            yield from _reachable_by_others(path)
        elif path.is_file() and mode & 0o066:
            yield path


def _open_files(pid: int) -> Iterator[str]:
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        with suppress(FileNotFoundError):  # closed meanwhile
            yield str(link.readlink())


def _listening_ports(pids: list[int]) -> set[int]:
    sockets = {target for pid in pids for target in _open_files(pid)}
    ports = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
                ports.add(int(words[1].rpartition(":")[2], 16))
    return ports
