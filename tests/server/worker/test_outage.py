"""What the worker does while the database does not answer."""

from __future__ import annotations

import os
import signal

import pytest
from django.db import OperationalError

from jobyard_server.inventory.dcim.models import Region
from jobyard_server.isolation.zygote_process import ZygoteError
from jobyard_server.worker import launch as launch_module
from jobyard_server.worker import loop as loop_module
from jobyard_server.worker.claims import claim_next
from jobyard_server.worker.heartbeat import beat_for
from jobyard_server.worker.recorder import BATCH_ROWS, MOST_WAITING, Recorder
from jobyard_server.worker.zygotes import Zygotes

ROWS = 3 * MOST_WAITING * BATCH_ROWS
TALKS = f"""
    from jobyard import Job


    class Talks(Job):
        def run(self, data, commit):
            for number in range({ROWS}):
                self.log_info(message=f"row {{number}}")
"""


@pytest.fixture
def outage(monkeypatch):
    """Call it to end what began with the test."""

    def refuse(_recorder):
        raise OperationalError("the database is away")

    patch = pytest.MonkeyPatch()
    patch.setattr(Recorder, "flush", refuse)
    monkeypatch.setattr(loop_module, "OUTAGE_SECONDS", 0.2)
    yield patch.undo
    patch.undo()


def test_a_run_that_cannot_be_stored_is_not_read_from_and_loses_nothing(service, outage):
    service.publish(talks=TALKS)
    result = service.submit("talks", "Talks")

    service.turn_until(lambda: service.loop.runs and service.loop.runs[0].recorder.is_full)
    (run,) = service.loop.runs
    for _ in range(5):
        service.loop.turn()
        assert service.loop._seconds_to_wait() > 0  # it does not ask again and again
    held = len(run.recorder._rows)
    outage()
    service.finish(result)

    assert held < ROWS / 2
    assert (service.read(result).status, result.logs.count()) == ("completed", ROWS)


WAITS = """
    import time
    from jobyard import Job
    from nautobot.dcim.models import Region


    class Waits(Job):
        def run(self, data, commit):
            Region(name="Half", slug="half").save()
            self.log_info(message="in")
            time.sleep(60)


    class Short(Waits):
        class Meta:
            soft_time_limit = 0
            time_limit = 1
"""


def test_f10_without_its_lease_a_run_is_stopped_and_says_so(service, settings):
    """Nobody renews; the row is still the worker's own, so it says itself how the run ended."""
    settings.JOBYARD = {**settings.JOBYARD, "LEASE_SECONDS": 1.0}
    service.publish(waits=WAITS)

    result = service.run("waits", "Waits", commit=True)

    assert (result.status, result.status_reason) == ("errored", "worker_lost")
    assert result.data_committed is False
    assert "renew the lease of the run (1 seconds)" in service.rows(result)[-1][2]
    assert not Region.objects.exists()


def test_f111_a_worker_that_is_stuck_does_not_stretch_a_time_limit(service):
    service.publish(waits=WAITS)
    result = service.submit("waits", "Short", commit=True)
    service.turn_until(result.logs.exists)
    (run,) = service.loop.runs

    assert run.child.wait(10) == -signal.SIGKILL  # the loop does not turn; its guard acts

    result = service.finish(result)
    assert (result.status, result.status_reason) == ("timed_out", "hard_time_limit")


def test_f11_only_what_the_worker_knows_of_is_renewed(service):
    """A claim whose answer was lost would else be renewed for ever by a worker that does not work on it."""
    service.publish(waits=WAITS)
    known = service.submit("waits", "Waits")
    service.turn_until(known.logs.exists)
    lost = service.submit("waits", "Waits")
    worker = service.read(known).worker
    claim_next(worker, ["default"])

    beat_for(worker, service.inbox)

    assert service.read(lost).worker == worker
    assert service.inbox.take().renewal.fences == {known.pk: 1}


def test_a_run_that_was_claimed_and_not_started_waits_again(service, monkeypatch):
    """The database goes away between the two; no code of the run was started."""
    monkeypatch.setattr(loop_module, "OUTAGE_SECONDS", 0.1)
    real, failures = launch_module.assignment, []

    def fail_once(*arguments):
        if not failures:
            failures.append(1)
            raise OperationalError("the database is away")
        return real(*arguments)

    monkeypatch.setattr(launch_module, "assignment", fail_once)
    service.publish(talks=TALKS.replace(str(ROWS), "1"))

    result = service.run("talks", "Talks")

    assert (failures, result.status, result.fence) == ([1], "completed", 2)
    assert service.inbox.held == frozenset()


def test_f30_a_host_that_cannot_fork_gives_the_run_back_and_its_worker_stays(service, monkeypatch):
    monkeypatch.setattr(loop_module, "TROUBLE_SECONDS", 0.1)
    real, failures = Zygotes.take, []

    def fail_twice(zygotes, code):
        if failures == [1, 1]:
            return real(zygotes, code)
        failures.append(1)
        if failures == [1]:
            raise ZygoteError("the zygote is gone")
        taken = real(zygotes, code)
        taken.child.kill()
        taken.child.could_not_fork, taken.child.exit_status = True, os.EX_OSERR  # as its guard would say
        return taken

    monkeypatch.setattr(Zygotes, "take", fail_twice)
    service.publish(talks=TALKS.replace(str(ROWS), "1"))

    result = service.run("talks", "Talks")

    assert (len(failures), result.status, result.fence) == (2, "completed", 3)
    assert result.logs.count() == 1
