from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from jobyard import statuses
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import Component, JobResult
from jobyard_server.runs.pid_space import pid_space
from jobyard_server.scheduler.janitor import tidy_up
from jobyard_server.scheduler.reaper import Reaper
from jobyard_server.scheduler.sweeper import sweep
from jobyard_server.worker.scratch import make_scratch

pytestmark = pytest.mark.django_db
NOW = timezone.now


def make_run(**values) -> JobResult:
    values.setdefault("obj_type", ContentType.objects.get_for_model(Job))
    return JobResult.objects.create(name="local/a/B", **values)


@pytest.fixture
def reaper(settings) -> Reaper:
    """One that has been running for a while."""
    made = Reaper()
    made._trusts_leases_from = 0.0
    return made


def dead_pid() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_a_run_whose_lease_is_over_ends_with_a_reason_and_a_row(reaper):
    worker = uuid4()
    lost = make_run(
        status="running", worker=worker, fence=3, lease_until=NOW() - timedelta(seconds=1), started=NOW()
    )

    reaper.reap()

    lost.refresh_from_db()
    assert (lost.status, lost.status_reason, lost.fence) == ("errored", "worker_lost", 4)
    assert lost.completed is not None
    assert lost.data_committed is False
    (row,) = lost.logs.all()
    assert row.log_level == "failure"
    assert row.message.startswith("The worker was lost; last sign of life ")
    assert lost.totals["failure"] == 1


def test_a_claim_without_any_heartbeat_is_reaped_too(reaper):
    lost = make_run(worker=uuid4(), claimed_at=NOW() - timedelta(hours=1), lease_until=None)

    reaper.reap()

    lost.refresh_from_db()
    assert lost.status_reason == "worker_lost"


def test_what_was_committed_stays_said(reaper):
    lost = make_run(
        status="running", worker=uuid4(), lease_until=NOW() - timedelta(seconds=1), data_committed=True
    )

    reaper.reap()

    lost.refresh_from_db()
    assert lost.data_committed is True


def test_live_waiting_and_ended_runs_are_left_alone(reaper):
    runs = [
        make_run(status="running", worker=uuid4(), lease_until=NOW() + timedelta(seconds=10)),
        make_run(),
        make_run(status="completed", worker=uuid4(), lease_until=NOW() - timedelta(hours=1)),
    ]

    assert reaper.reap() == []

    assert [JobResult.objects.get(pk=run.pk).status for run in runs] == ["running", "pending", "completed"]


def test_a_fresh_reaper_waits_for_workers_that_come_back():
    lost = make_run(status="running", worker=uuid4(), lease_until=NOW() - timedelta(seconds=1))

    assert Reaper().reap() == []

    lost.refresh_from_db()
    assert lost.status == "running"


def test_a_worker_whose_process_is_gone_need_not_be_waited_for():
    dead = Component.objects.create(
        kind="worker", hostname="here", pid=dead_pid(), pid_space=pid_space(), heartbeat_at=NOW()
    )
    alive = Component.objects.create(
        kind="worker", hostname="here", pid=os.getpid(), pid_space=pid_space(), heartbeat_at=NOW()
    )
    elsewhere = Component.objects.create(
        kind="worker", hostname="there", pid=dead_pid(), pid_space="another", heartbeat_at=NOW()
    )
    lease = NOW() + timedelta(seconds=20)
    lost, kept, unknown = (
        make_run(status="running", worker=owner.pk, lease_until=lease) for owner in (dead, alive, elsewhere)
    )

    ended = Reaper().reap()

    assert [result.pk for result in ended] == [lost.pk]
    assert {JobResult.objects.get(pk=run.pk).status for run in (kept, unknown)} == {"running"}
    assert not Component.objects.filter(pk=dead.pk).exists()


def test_a_local_run_that_nobody_took_has_an_end(reaper):
    lost = make_run(task_queue="local-x")
    JobResult.objects.filter(pk=lost.pk).update(created=NOW() - timedelta(minutes=10))

    reaper.reap()

    lost.refresh_from_db()
    assert lost.status == "errored"


def test_a_run_that_no_worker_took_is_announced_again_with_growing_patience(memory_engine):
    run = make_run()
    JobResult.objects.filter(pk=run.pk).update(created=NOW() - timedelta(seconds=11))

    first, second = sweep(), sweep()
    JobResult.objects.filter(pk=run.pk).update(last_sent_at=NOW() - timedelta(seconds=11))
    third = sweep()
    JobResult.objects.filter(pk=run.pk).update(last_sent_at=NOW() - timedelta(seconds=21))
    fourth = sweep()

    assert [len(turn) for turn in (first, second, third, fourth)] == [1, 0, 0, 1]
    assert memory_engine.sent == [(run.pk, "default")] * 2


def test_only_what_belongs_to_ended_runs_is_tidied_away():
    active, ended = make_run(status="running"), make_run(status=statuses.COMPLETED)
    folders = [make_scratch(str(run.pk)) for run in (active, ended)]
    stray = make_scratch("not-a-run")

    tidy_up()

    assert [folder.exists() for folder in (*folders, stray)] == [True, False, False]
