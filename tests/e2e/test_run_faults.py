"""
F01 to F10, F23, F25, F108, F111, F160: a worker, guard, zygote or database dies at each step of a run.

The promises: an accepted run ends, in time, with a reason; it begins once at most; a start leaves a line in
a file that only grows.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.e2e.faulty import (
    LEASE,
    LOST_SECONDS,
    REPORTS,
    WORKS,
    Faulty,
    assert_gone,
    assert_in_service,
    reason,
)
from tests.e2e.installation import JOBYARD, TOKEN, until
from tests.server.worker.engines.services import free_port
from tests.tcp_proxy import Proxy

PATIENCE_SECONDS = 20.0  #: Four are the promise; a busy machine adds some.
IMPORTS = """
import os
import time

from jobyard import Job

if os.path.exists("{starts}.imports"):
    with open("{starts}", "a") as file:
        file.write(f"import:{{os.getpid()}}" + chr(10))
    time.sleep(600)


class Loads(Job):
    def run(self, data, commit):
        with open("{starts}", "a") as file:
            file.write("f03" + chr(10))
"""


@pytest.fixture(scope="module")
def faulty(e2e_base):
    made = Faulty(e2e_base / "faulty")
    made.start()
    yield made
    made.installation.stop()


def test_f01_killed_before_the_claim_the_run_waits_and_runs_once(faulty):
    faulty.arm("worker.before_claim")

    result = faulty.installation.run(WORKS, {"word": "f01"}, commit=True)

    assert reason(result) == ("completed", None)
    assert faulty.begun("f01") == 1


def test_f02_killed_after_the_claim_nothing_has_begun_and_nothing_will(faulty):
    faulty.arm("worker.claimed")

    run = faulty.installation.start_run(WORKS, {"word": "f02"}, commit=True)
    result = faulty.installation.finished(run, LOST_SECONDS)

    assert reason(result) == ("errored", "worker_lost")
    assert result["data_committed"] is False
    assert_in_service(faulty, "after-f02")
    assert faulty.begun("f02") == 0


def test_f03_killed_while_the_job_is_imported_nothing_of_it_is_left(faulty):
    faulty.installation.save("imports", IMPORTS.format(starts=faulty.starts))
    until(faulty.installation.job_ids, lambda ids: "local/imports/Loads" in ids)
    flag = Path(f"{faulty.starts}.imports")
    flag.touch()

    run = faulty.installation.start_run("local/imports/Loads", {}, commit=True)
    pids = until(lambda: importing(faulty), bool)
    os.kill(faulty.installation.part("worker"), signal.SIGKILL)

    flag.unlink()
    assert_gone(*pids)
    assert reason(faulty.installation.finished(run, LOST_SECONDS)) == ("errored", "worker_lost")
    assert faulty.begun("f03") == 0


def importing(faulty: Faulty) -> list[int]:
    words = faulty.starts.read_text().split() if faulty.starts.exists() else []
    return [int(word.partition(":")[2]) for word in words if word.startswith("import:")]


def test_f04_killed_in_the_middle_everything_of_the_run_is_gone_and_reverted(faulty):
    run, pids = faulty.staying("f04")

    os.kill(faulty.installation.part("worker"), signal.SIGKILL)

    assert_gone(*pids)
    result = faulty.installation.finished(run, LOST_SECONDS)
    assert reason(result) == ("errored", "worker_lost")
    assert result["data_committed"] is False
    assert (faulty.begun("f04"), faulty.regions("f04")) == (1, 0)
    assert_in_service(faulty, "after-f04")


def test_f05_killed_before_the_end_is_stored_what_was_committed_is_known(faulty):
    faulty.arm("worker.before_store")

    run = faulty.installation.start_run(WORKS, {"word": "f05"}, commit=True)
    result = faulty.installation.finished(run, LOST_SECONDS)

    assert reason(result) == ("errored", "worker_lost")
    assert result["data_committed"] is True
    assert (faulty.begun("f05"), faulty.regions("f05")) == (1, 1)


def test_a_worker_killed_after_the_end_was_stored_changes_nothing(faulty):
    faulty.arm("worker.stored")

    result = faulty.installation.run(WORKS, {"word": "stored"}, commit=True)

    assert reason(result) == ("completed", None)
    assert_in_service(faulty, "after-stored")
    assert reason(faulty.installation.result(result["id"])) == ("completed", None)
    assert faulty.begun("stored") == 1


def test_f07_a_killed_guard_takes_everything_with_it(faulty):
    run, pids = faulty.staying("f07")

    os.kill(pids[1], signal.SIGKILL)

    assert reason(faulty.installation.finished(run, 10)) == ("errored", "process_died")
    assert_gone(*pids)
    assert faulty.regions("f07") == 0
    assert_in_service(faulty, "after-f07")


def test_f08_runs_go_on_without_their_zygotes(faulty):
    run, pids = faulty.staying("f08")
    worker = faulty.installation.part("worker")
    zygotes = [pid for pid in faulty.installation.tree(worker) if pid not in pids]

    for pid in [*zygotes, parent_of(pids[1])]:
        if pid != faulty.installation.process.pid and is_zygote(pid):
            os.kill(pid, signal.SIGKILL)
    Path(f"{faulty.starts}.go").touch()

    result = faulty.installation.finished(run, 10)
    Path(f"{faulty.starts}.go").unlink()
    assert reason(result) == ("completed", None)
    assert faulty.regions("f08") == 1
    assert_in_service(faulty, "after-f08")


def test_f09_a_frozen_worker_loses_its_runs_and_writes_nothing_when_it_wakes(faulty):
    run, pids = faulty.staying("f09")
    worker = faulty.installation.part("worker")

    os.kill(worker, signal.SIGSTOP)

    try:
        assert_gone(*pids)
        result = faulty.installation.finished(run, LOST_SECONDS)
    finally:
        os.kill(worker, signal.SIGCONT)
    assert reason(result) == ("errored", "worker_lost")
    assert_in_service(faulty, "after-f09")
    assert faulty.installation.result(run) == result
    assert (faulty.begun("f09"), faulty.regions("f09")) == (1, 0)


def test_f23_a_process_that_dies_after_its_commit_keeps_what_was_committed(faulty):
    faulty.arm("child.committed")

    result = faulty.installation.run(WORKS, {"word": "f23"}, commit=True)

    assert reason(result) == ("errored", "process_died")
    assert result["data_committed"] is True
    assert (faulty.begun("f23"), faulty.regions("f23")) == (1, 1)


def test_f23_a_worker_that_dies_during_post_run_keeps_the_main_transaction_only(faulty):
    run = faulty.installation.start_run(REPORTS, {"word": "f23b"}, commit=True)
    (pid,) = until(lambda: faulty.installation.messages(run), lambda rows: len(rows) == 1)

    os.kill(faulty.installation.part("worker"), signal.SIGKILL)

    assert_gone(int(pid))
    result = faulty.installation.finished(run, LOST_SECONDS)
    assert reason(result) == ("errored", "worker_lost")
    assert result["data_committed"] is True
    assert (faulty.begun("f23b"), faulty.regions("f23b"), faulty.regions("f23b-late")) == (1, 1, 0)


def test_f160_a_sandbox_that_cannot_be_made_whole_starts_nothing(faulty):
    faulty.arm("child.confine")

    result = faulty.installation.run(WORKS, {"word": "f160"}, commit=True)

    assert reason(result) == ("errored", "initialization")
    assert "The sandbox of this run could not be set up" in faulty.installation.messages(result["id"])[-1]
    assert faulty.begun("f160") == 0
    assert_in_service(faulty, "after-f160")


def test_f25_a_run_whose_worker_is_gone_ends_though_it_was_cancelled_meanwhile(faulty):
    run, _ = faulty.staying("f25")
    os.kill(faulty.installation.part("worker"), signal.SIGKILL)

    faulty.installation.request("POST", f"/api/extras/job-results/{run}/cancel/", {})

    result = faulty.installation.finished(run, LOST_SECONDS)
    assert result["status"]["value"] in ("errored", "cancelled")
    again = faulty.installation.request("POST", f"/api/extras/job-results/{run}/cancel/", {})
    assert again.status == 409


def test_f108_a_restarted_database_ends_no_run_by_halves(faulty):
    run, _ = faulty.staying("f108")
    postmaster = int((faulty.installation.data / "postgres" / "postmaster.pid").read_text().split()[0])

    os.kill(postmaster, signal.SIGQUIT)
    until(
        lambda: faulty.installation.request("GET", "/health/ready", token=None).status,
        lambda status: status == 200,
        seconds=60,
    )
    Path(f"{faulty.starts}.go").touch()

    result = faulty.installation.finished(run, LOST_SECONDS + 20)
    Path(f"{faulty.starts}.go").unlink()
    kept = result["data_committed"] is True
    assert result["status"]["value"] in ("completed", "errored")
    assert faulty.regions("f108") == (1 if kept else 0)
    assert faulty.begun("f108") == 1
    assert_in_service(faulty, "after-f108")


def parted(faulty: Faulty) -> tuple[Proxy, dict[str, str]]:
    """A network to the database which can be parted, and the environment of a part that goes through it."""
    url = (faulty.installation.data / "keys" / "database-url").read_text()
    parts = urlsplit(url)
    folder = parse_qs(parts.query)["host"][0]
    network = Proxy(f"{folder}/.s.PGSQL.5432")
    through = f"postgresql://{parts.netloc.rpartition('@')[0]}@127.0.0.1:{network.port}/jobyard"
    return network, {**faulty.installation.environment, "JOBYARD_DATABASE_URL": through}


@pytest.fixture
def far(faulty):
    """A worker that reaches the database through a network which can be parted."""
    network, environment = parted(faulty)
    with network:
        worker = subprocess.Popen(
            [JOBYARD, "worker", "--queues", "far"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        yield network, worker
        worker.kill()
        worker.wait(10)


def test_f10_f111_a_worker_without_its_database_loses_its_runs_and_works_on_when_it_is_back(faulty, far):
    network, worker = far
    run, pids = faulty.staying("f10", task_queue="far")

    network.freeze()

    assert_gone(*pids)
    result = faulty.installation.finished(run, LOST_SECONDS)
    assert reason(result) == ("errored", "worker_lost")
    assert result["data_committed"] is False
    assert f"lease of {LEASE:g} seconds is over" in faulty.installation.messages(run)[-1]
    network.heal()
    again, pids = faulty.staying("after-f10", task_queue="far")
    assert faulty.installation.result(run) == result
    assert (faulty.begun("f10"), faulty.regions("f10")) == (1, 0)

    for _ in range(2):  # the second one ends a worker at once
        worker.send_signal(signal.SIGTERM)
        time.sleep(0.2)  # two equal signals that wait become one
    assert worker.wait(2) == 128 + signal.SIGTERM
    assert_gone(*pids)
    assert reason(faulty.installation.finished(again, LOST_SECONDS)) == ("errored", "worker_lost")


def test_f109_an_end_is_kept_while_the_database_is_away_and_its_worker_is_killed(faulty, far):
    network, worker = far
    run, pids = faulty.staying("f109", task_queue="far")
    spool = faulty.installation.data / "spool"

    network.refuse()
    go = Path(f"{faulty.starts}.go")
    go.touch()  # it comes to its end, and can neither commit nor be stored
    until(lambda: list(spool.glob("*.json")), bool)
    worker.kill()

    result = faulty.installation.finished(run, LOST_SECONDS)
    go.unlink()
    assert reason(result) == ("errored", "exception")  # what happened, and not that a worker was lost
    assert any("OperationalError" in text for text in faulty.installation.messages(run))
    assert (result["data_committed"], faulty.regions("f109"), faulty.begun("f109")) == (False, 0, 1)
    assert_gone(*pids)
    until(lambda: list(spool.iterdir()), lambda files: not files)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def is_zygote(pid: int) -> bool:
    return b"zygote_main" in Path(f"/proc/{pid}/cmdline").read_bytes()


def test_f111_a_web_part_without_its_database_says_so_in_time_and_works_on_when_it_is_back(faulty):
    network, environment = parted(faulty)
    port = free_port()
    with network, web_part(port, environment):
        until(lambda: ask(port), lambda answer: answer[0] == 200)

        network.blackhole()
        began = time.monotonic()
        status, retry_after = ask(port)
        took = time.monotonic() - began

        assert (status, bool(retry_after)) == (503, True)
        assert took < PATIENCE_SECONDS
        network.heal()
        until(lambda: ask(port), lambda answer: answer[0] == 200)


@contextmanager
def web_part(port: int, environment: dict[str, str]) -> Iterator[None]:
    web = subprocess.Popen(
        [JOBYARD, "web", "--port", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        web.kill()
        web.wait(10)


def ask(port: int) -> tuple[int, str]:
    """Status, and when to come back; 0 while nobody listens."""
    headers = {"Authorization": f"Token {TOKEN}"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/extras/job-results/", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=2 * PATIENCE_SECONDS) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers.get("Retry-After", "")
    except urllib.error.URLError:
        return 0, ""
