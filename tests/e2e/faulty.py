"""An installation that can be hurt at each step of a run, and what is asked of it afterwards."""

from __future__ import annotations

import os
import select
from pathlib import Path

from tests.e2e.installation import Installation, until

from jobyard_repos.fail_points import OF_RUNS

LEASE, REAPER, SWEEP, GRACE = 4.0, 1.0, 1.0, 1.0
LOST_SECONDS = LEASE + REAPER + 10  #: The promise and what a busy machine adds.
JOBS = """
import os
import subprocess
import time

from jobyard import Job, StringVar
from nautobot.dcim.models import Region


def note(text):
    with open("{starts}", "a") as file:
        file.write(text + chr(10))


class Works(Job):
    word = StringVar()

    def run(self, data, commit):
        note(data["word"])
        Region(name=data["word"], slug=data["word"]).save()
        return data["word"]


class Stays(Job):
    word = StringVar()

    class Meta:
        task_queues = ["default", "far"]

    def run(self, data, commit):
        note(data["word"])
        Region(name=data["word"], slug=data["word"]).save()
        child = subprocess.Popen(["sleep", "600"], start_new_session=True)
        self.log_info(message=f"{{os.getpid()}} {{os.getppid()}} {{child.pid}}")
        while not os.path.exists("{starts}.go"):
            time.sleep(0.05)
        return data["word"]


class Reports(Job):
    word = StringVar()

    def run(self, data, commit):
        note(data["word"])
        self.word = data["word"]
        Region(name=data["word"], slug=data["word"]).save()

    def post_run(self):
        Region(name="late", slug=self.word + "-late").save()
        self.log_info(message=str(os.getpid()))
        time.sleep(600)
"""
WORKS, STAYS, REPORTS = (f"local/faults/{name}" for name in ("Works", "Stays", "Reports"))
HURTS = {"child.confine": "raise:EIO"}  #: What else than SIGKILL a fail point does.


class Faulty:
    """An installation with every fail point set, none of them armed."""

    def __init__(self, folder: Path, **options: str) -> None:
        self.starts = folder / "writable" / "starts"
        self.markers = folder / "writable" / "markers"
        self.markers.mkdir(parents=True)
        for name in OF_RUNS:
            (self.markers / name).touch()
        points = [f"{name}={HURTS.get(name, 'kill')}@{self.markers / name}" for name in OF_RUNS]
        self.installation = Installation(
            folder / "installation",
            JOBYARD_LEASE_SECONDS=str(LEASE),
            JOBYARD_HEARTBEAT_SECONDS="0.5",
            JOBYARD_REAPER_SECONDS=str(REAPER),
            JOBYARD_SWEEP_SECONDS=str(SWEEP),
            JOBYARD_CANCEL_GRACE=str(GRACE),
            JOBYARD_ACCEPT_WITHOUT_WORKERS="true",
            JOBYARD_SANDBOX_WRITE=str(self.starts.parent),
            JOBYARD_SANDBOX_READ=str(self.starts.parent),
            JOBYARD_FAILPOINTS=";".join(points),
            **options,
        )

    def start(self) -> None:
        self.installation.start()
        self.installation.save("faults", JOBS.format(starts=self.starts))
        until(self.installation.job_ids, lambda ids: WORKS in ids)

    def arm(self, name: str) -> None:
        """The next process that comes there is killed, once."""
        (self.markers / name).unlink()

    def begun(self, word: str) -> int:
        """How often author code was started for *word*."""
        return self.starts.read_text().split().count(word) if self.starts.exists() else 0

    def regions(self, word: str) -> int:
        return int(self.installation.get(f"/api/dcim/regions/?slug={word}")["count"])

    def staying(self, word: str, **asked: object) -> tuple[str, list[int]]:
        """A run in the middle of its work: its id; its process, its guard and a child of its own."""
        run = self.installation.start_run(STAYS, {"word": word}, commit=True, **asked)
        (row,) = until(lambda: self.installation.messages(run), lambda rows: len(rows) == 1)
        return run, [int(pid) for pid in row.split()]


def reason(result) -> tuple[str, str | None]:
    return result["status"]["value"], result["status_reason"]


def assert_gone(*pids: int) -> None:
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        assert select.select([descriptor], [], [], 10)[0], f"{pid} lives"
        os.close(descriptor)


def assert_in_service(faulty: Faulty, word: str) -> None:
    assert reason(faulty.installation.run(WORKS, {"word": word}, commit=True)) == ("completed", None)
    assert faulty.begun(word) == 1
