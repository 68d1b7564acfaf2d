"""Commands against a real `jobyard up`: every ending of a run, locally too, and the doctor."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.sync.up.tree import COMMAND, Tree, until

pytestmark = pytest.mark.e2e

PROBE = """\
import time

from jobyard import Job, StringVar
from nautobot.dcim.models import Region


class Creates(Job):
    slug = StringVar()

    def run(self, data, commit):
        Region.objects.create(name=data["slug"], slug=data["slug"])
        self.log_success(message="Created.")
        return "made it"


class Fails(Job):
    def run(self, data, commit):
        self.log_failure(message="No good.")


class Raises(Job):
    def run(self, data, commit):
        raise ValueError("broken")


class Waits(Job):
    def run(self, data, commit):
        while True:
            time.sleep(0.05)
"""


@pytest.fixture(scope="module")
def tree() -> Iterator[Tree]:
    folder = Path(os.environ["JOBYARD_TEST_BASE"]) / "up-commands"
    jobs = folder / "jobs"
    folder.mkdir(mode=0o711)
    jobs.mkdir()
    (jobs / "probe.py").write_text(PROBE)
    running = Tree(folder, JOBYARD_CANCEL_GRACE="5")
    try:
        running.wait_until_ready()
        until(lambda: "local/probe/Waits" in running.run("job", "list").stdout)
        yield running
    finally:
        running.close()


def regions(tree: Tree, slug: str) -> int:
    with psycopg.connect((tree.data_dir / "keys" / "database-url").read_text()) as connection:
        row = connection.execute(b"SELECT count(*) FROM dcim_region WHERE slug = %s", [slug]).fetchone()
    return row[0] if row else 0


@pytest.mark.parametrize("where", [[], ["--local"]], ids=["worker", "local"])
def test_a_dry_run_leaves_nothing_and_a_commit_run_does(tree, where):
    slug = f"ams-{'local' if where else 'worker'}"
    data = f'{{"slug": "{slug}"}}'

    dry = tree.run("runjob", "local/probe/Creates", "--data", data, *where)
    after_dry = regions(tree, slug)
    real = tree.run("runjob", "local/probe/Creates", "--data", data, "--commit", *where)

    assert "\t\tinfo: Database changes have been reverted automatically.\n" in dry.stdout
    assert (dry.returncode, after_dry) == (0, 0), dry.stderr
    assert "\trun: 1 success, 0 info, 0 warning, 0 failure\n\t\tsuccess: Created.\n\nmade it\n" in real.stdout
    assert (real.returncode, regions(tree, slug)) == (0, 1), real.stderr


@pytest.mark.parametrize("where", [[], ["--local"]], ids=["worker", "local"])
@pytest.mark.parametrize(("job", "word", "code"), [("Fails", "FAILED", 1), ("Raises", "ERRORED", 3)])
def test_the_exit_status_tells_how_it_ended(tree, job, word, code, where):
    done = tree.run("runjob", f"local/probe/{job}", *where)

    assert f"local/probe/{job}: {word}\n" in done.stdout
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize("where", [[], ["--local"]], ids=["worker", "local"])
def test_ctrl_c_cancels_the_run(tree, where):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JOBYARD_")}
    with subprocess.Popen(
        [*COMMAND, "runjob", "local/probe/Waits", *where],
        env={**kept, "JOBYARD_DATA_DIR": str(tree.data_dir)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        until(lambda: _running(tree, "local/probe/Waits"))
        process.send_signal(signal.SIGINT)
        printed, told = process.communicate(timeout=60)

    assert "\t\twarning: Job cancelled by cli.\n" in printed
    assert "local/probe/Waits: CANCELLED\n" in printed
    assert (process.returncode, told) == (4, "")


def _running(tree: Tree, name: str) -> bool:
    query = b"SELECT count(*) FROM extras_jobresult WHERE name = %s AND status = 'running'"
    with psycopg.connect((tree.data_dir / "keys" / "database-url").read_text()) as connection:
        row = connection.execute(query, [name]).fetchone()
    return bool(row and row[0])


def test_the_doctor_finds_nothing_wrong(tree):
    done = tree.run("doctor")

    assert [line for line in done.stdout.splitlines() if line.startswith("wrong")] == []
    assert done.returncode == 0


@pytest.mark.parametrize("part", ["web", "sync", "worker", "scheduler"])
def test_every_part_passes_its_health_check(tree, part):
    assert tree.run("doctor", "--part", part).returncode == 0


def test_an_account_and_its_token_made_on_the_command_line_work(tree):
    made = tree.run("user", "create", "alice", "--admin", "--password-file", "-", stdin="quite a long one")
    token = tree.run("token", "create", "alice")

    assert made.stdout == "Created alice.\n"
    assert re.fullmatch(r"[0-9a-f]{40}\n", token.stdout)
    assert tree.get("/api/extras/jobs/", token=token.stdout.strip())[0] == 200


def test_init_again_changes_nothing(tree):
    done = tree.run("init")

    assert (done.stdout, done.stderr, done.returncode) == ("", "the tables are up to date\n", 0)
