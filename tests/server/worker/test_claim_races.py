"""F12, F13, F21, F27, F112: who comes first, who comes too late, and what one run sees of another."""

from __future__ import annotations

import json
import threading
from collections import Counter
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from jobyard_server.access.audit import CAME_TOO_LATE
from jobyard_server.access.models import AuditEvent
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.runs.models import JobResult
from jobyard_server.scheduler.reaper import Reaper
from jobyard_server.worker import main
from jobyard_server.worker.claims import claim_next
from jobyard_server.worker.inbox import Inbox
from jobyard_server.worker.loop import WorkerLoop
from jobyard_server.worker.zygotes import Zygotes

JOBS = """
    import fcntl, os, random, signal, sys, time

    from jobyard import Job
    from nautobot.dcim.models import Region


    class Starts(Job):
        def run(self, data, commit):
            self.log_info(message="one start")


    class Waits(Job):
        def run(self, data, commit):
            Region(name="Half", slug="half").save()
            self.log_info(message=os.getcwd())
            while not os.path.exists("go"):
                time.sleep(0.02)
            self.log_info(message="goes on")


    class Shows(Job):
        def run(self, data, commit):
            seen = self.job_result.data
            seen["environment"] = {k: v for k, v in os.environ.items() if k not in ("HOME", "PWD", "TMPDIR")}
            seen["descriptors"] = [number for number in range(256) if self.is_open(number)]
            seen["folder"] = os.path.basename(os.getcwd())
            seen["files"] = os.listdir()
            seen["mask"] = os.umask(0)
            seen["modules"] = sorted(sys.modules)
            seen["handlers"] = [str(signal.getsignal(number)).split(" at ")[0] for number in range(1, 32)]
            seen["random"] = random.random()
            # What the next one must not find:
            os.environ["LEFT"] = "x"
            os.open("/dev/null", os.O_RDONLY)
            open("left", "w").close()
            sys.modules["left"] = sys
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            random.seed(1)

        @staticmethod
        def is_open(number):
            try:
                return bool(fcntl.fcntl(number, fcntl.F_GETFD) + 1)
            except OSError:
                return False
"""


@pytest.fixture
def raced(service):
    service.publish(races=JOBS)
    return service


@pytest.fixture
def second_worker(raced, run_zygote):
    inbox, zygotes = Inbox(), Zygotes(run_zygote)
    loop = WorkerLoop(uuid4(), ["default"], 4, inbox, zygotes)
    yield loop, inbox
    zygotes.rest()
    loop.close()
    inbox.close()


def test_f12_a_message_that_comes_a_hundred_times_to_two_workers_starts_once(raced, second_worker):
    loop, inbox = second_worker
    result = raced.submit("races", "Starts")

    for _ in range(100):
        inbox.wake_up(result.pk)
        raced.inbox.wake_up(result.pk)
        raced.loop.turn()
        loop.turn()
    raced.turn_until(lambda: loop.turn() or raced.read(result).is_terminal)

    assert (raced.read(result).status, raced.read(result).fence) == ("completed", 1)
    assert raced.rows(result) == [("run", "info", "one start")]


def test_f112_workers_that_claim_at_once_get_each_run_once(raced):
    one = raced.submit("races", "Starts")
    JobResult.objects.bulk_create(
        [JobResult(name=one.name, obj_type=one.obj_type, job_model=one.job_model) for _ in range(199)]
    )
    claimed: list = []
    ready = threading.Barrier(8)

    def claim_all() -> None:
        me = uuid4()
        ready.wait(10)
        while (claim := claim_next(me, ["default"])) is not None:
            claimed.append((claim.result.pk, claim.fence, claim.result.worker == me))
        connection.close()

    threads = [threading.Thread(target=claim_all) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert Counter(item[0] for item in claimed).most_common(1)[0][1] == 1
    assert len(claimed) == 200
    assert {item[1:] for item in claimed} == {(1, True)}


def test_f13_a_worker_that_is_asked_to_end_lets_short_runs_finish_and_takes_none(raced, monkeypatch):
    monkeypatch.setattr(main, "GRACE_SECONDS", 1.0)
    long = raced.submit("races", "Waits", commit=True)
    raced.turn_until(long.logs.exists)
    short = raced.submit("races", "Starts")
    raced.turn_until(lambda: len(raced.loop.runs) == 2)
    waiting = raced.submit("races", "Starts")
    raced.inbox.wake_up()

    main._loop(raced.loop, lambda: True)

    assert raced.read(short).status == "completed"
    assert (raced.read(long).status, raced.read(long).status_reason) == ("errored", "worker_lost")
    assert raced.rows(long)[-1][2] == "The worker was shut down before the job had ended."
    assert (raced.read(waiting).status, raced.read(waiting).worker) == ("pending", None)
    assert not Region.objects.exists()


def test_f21_a_commit_that_comes_after_the_reaper_fails_and_leaves_a_note(raced):
    result = raced.submit("races", "Waits", commit=True)
    raced.turn_until(result.logs.exists)
    JobResult.objects.filter(pk=result.pk).update(lease_until=timezone.now())
    reaper = Reaper()
    reaper._trusts_leases_from = 0.0
    assert [ended.pk for ended in reaper.reap()] == [result.pk]
    reaped = raced.read(result)

    raced.loop.runs[0].scratch.joinpath("go").touch()
    raced.turn_until(lambda: not raced.loop.runs)

    assert raced.read(result).status_reason == "worker_lost"
    assert (raced.read(result).completed, raced.read(result).counters) == (reaped.completed, reaped.counters)
    assert (raced.read(result).data_committed, Region.objects.count()) == (False, 0)
    assert "goes on" not in [row[2] for row in raced.rows(result)]
    (note,) = AuditEvent.objects.filter(action=CAME_TOO_LATE)
    assert (note.object_id, note.details["data_committed"]) == (str(result.pk), False)


def test_f27_no_run_sees_anything_of_the_runs_before_it(raced):
    raced.run("races", "Shows", commit=False)
    raced.turn_until(lambda: raced.loop._zygotes._snapshots and not raced.loop._zygotes._loading)

    runs = [raced.run("races", "Shows", commit=False) for _ in range(6)]

    seen = [dict(run.author_data) for run in runs]
    assert {item.pop("folder") for item in seen} == {str(run.pk) for run in runs}
    assert len({item.pop("random") for item in seen}) == len(runs)
    assert len({json.dumps(item, sort_keys=True) for item in seen}) == 1
    first = seen[0]
    assert (first["mask"], first["files"], "LEFT" in first["environment"]) == (0o077, [], False)
    assert "left" not in first["modules"]
