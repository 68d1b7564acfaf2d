"""`kill -9` of a run's child, of the worker, of the sync daemon: an end with a reason, and service again."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from tests.e2e.installation import until

SLOW = """
import os
import time

from jobyard import IntegerVar, Job
from nautobot.dcim.models import Region


class Slow(Job):
    seconds = IntegerVar()

    def run(self, data, commit):
        Region(name=f"Half {os.getpid()}", slug=f"half-{os.getpid()}").save()
        self.log_info(message=str(os.getpid()))
        time.sleep(data["seconds"])
"""
PATH = "local/slow/Slow"
IN_SERVICE_SECONDS = 30


@pytest.fixture
def installation(private_installation):
    made = private_installation()
    made.start()
    made.save("slow", SLOW)
    until(made.job_ids, lambda ids: PATH in ids)
    return made


def running(installation) -> tuple[str, int]:
    """A run in the middle of its work, and the process id of its child."""
    run_id = installation.start_run(PATH, {"seconds": 60}, commit=True)
    (pid,) = until(lambda: installation.messages(run_id), lambda messages: len(messages) == 1)
    return run_id, int(pid)


def assert_in_service(installation) -> None:
    until(
        lambda: installation.request("GET", "/health/ready", token=None).status,
        lambda status: status == 200,
        seconds=IN_SERVICE_SECONDS,
    )
    assert installation.run(PATH, {"seconds": 0}, commit=False)["status"]["value"] == "completed"


def assert_nothing_half_done(installation) -> None:
    assert installation.get("/api/dcim/regions/")["count"] == 0


def test_a_killed_child_ends_its_run_and_nothing_else(installation):
    run_id, pid = running(installation)
    other, _ = running(installation)

    os.kill(pid, signal.SIGKILL)

    result = installation.finished(run_id, seconds=5)
    assert (result["status"]["value"], result["status_reason"]) == ("errored", "process_died")
    assert installation.messages(run_id)[-1] == "The job process ended unexpectedly (signal SIGKILL)."
    assert installation.result(other)["status"]["value"] == "running"
    assert_nothing_half_done(installation)


def test_a_killed_worker_ends_its_runs_with_a_reason_and_comes_back(installation):
    run_id, pid = running(installation)
    began = time.monotonic()

    os.kill(installation.part("worker"), signal.SIGKILL)

    result = installation.finished(run_id, seconds=IN_SERVICE_SECONDS)
    assert (result["status"]["value"], result["status_reason"]) == ("errored", "worker_lost")
    assert installation.messages(run_id)[-1].startswith("The worker was lost; last sign of life ")
    until(lambda: Path(f"/proc/{pid}").exists(), lambda exists: not exists, seconds=2)
    assert_nothing_half_done(installation)
    assert_in_service(installation)
    assert time.monotonic() - began < IN_SERVICE_SECONDS


def test_a_killed_sync_daemon_comes_back_and_runs_are_not_touched(installation):
    run_id, _ = running(installation)

    os.kill(installation.part("sync"), signal.SIGKILL)
    installation.save("late", SLOW)

    until(installation.job_ids, lambda ids: "local/late/Slow" in ids, seconds=IN_SERVICE_SECONDS)
    assert installation.result(run_id)["status"]["value"] == "running"
    assert_in_service(installation)


def test_a_killed_web_part_comes_back_and_a_running_job_ends_well(installation):
    run_id = installation.start_run(PATH, {"seconds": 2}, commit=False)

    os.kill(installation.part("web"), signal.SIGKILL)

    def look():
        try:
            return installation.result(run_id)["status"]["value"]
        except OSError:
            return "no answer"

    assert until(look, lambda status: status in ("completed", "errored")) == "completed"


def test_a_killed_database_comes_back_with_everything_that_was_accepted(installation):
    ended = installation.run(PATH, {"seconds": 0}, commit=False)
    postmaster = int((installation.data / "postgres" / "postmaster.pid").read_text().split()[0])

    os.kill(postmaster, signal.SIGKILL)

    until(
        lambda: installation.request("GET", "/health/ready", token=None).status,
        lambda status: status == 200,
        seconds=IN_SERVICE_SECONDS,
    )
    assert installation.result(ended["id"])["status"]["value"] == "completed"
    assert_in_service(installation)
