"""Many repositories asked for at once, by a real daemon: its places are bounded, and all of them end."""

from __future__ import annotations

import os

import pytest
from tests.sync.cast import good, wait_until

from jobyard_server.lifecycle import Stop
from jobyard_server.registry.models import Job
from jobyard_server.registry.repositories import add_repository
from jobyard_server.runs.components import announce
from jobyard_server.runs.models import JobResult
from jobyard_sync.daemon import SYNCS_AT_ONCE, Daemon
from jobyard_sync.lease_keeper import LeaseKeeper

NUMBER = 500 if os.environ.get("JOBYARD_TEST_VOLUME") == "full" else 20


@pytest.mark.django_db(transaction=True)
def test_f98_many_sources_are_synced_in_time_and_a_few_at_once(zygote, make_repo, monkeypatch):
    """500 sources with ``JOBYARD_TEST_VOLUME=full``, as the catalogue has it."""
    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})
    for number in range(NUMBER):
        add_repository(name=f"Lab {number}", remote_url=repo.url)
    keeper = LeaseKeeper()
    with announce("sync", beside=keeper.renew_all) as me:
        _sync_all(Daemon(me.pk, zygote=zygote, keeper=keeper, stop=Stop()), monkeypatch)

    assert Job.objects.filter(installed=True).count() == NUMBER


def _sync_all(daemon, monkeypatch):
    most, start = [], daemon._threads.start

    def start_counted(*arguments, **options):
        started = start(*arguments, **options)
        most.append(len(daemon._threads._threads))
        return started

    monkeypatch.setattr(daemon._threads, "start", start_counted)
    daemon.start()
    try:
        wait_until(
            lambda: JobResult.objects.filter(status="completed").count() == NUMBER, seconds=30 + NUMBER
        )
    finally:
        daemon.stop()

    assert max(most) <= SYNCS_AT_ONCE
