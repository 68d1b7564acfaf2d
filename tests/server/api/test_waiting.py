"""``?wait=``: the answer comes when the run has ended."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection
from tests.server.api.cast import Caller, published, result_of

from jobyard_server.access.models import User
from jobyard_server.api.job_results import waiting
from jobyard_server.runs.models import JobResult

RESULTS = "/api/extras/job-results/"


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", ["-1", "61", "x", "1.5", "", "٣"])
def test_a_time_that_is_none(alice, job, seconds):
    answer = alice.get(f"{RESULTS}{result_of(job).pk}/?wait={seconds}")

    assert (answer.status_code, list(answer.json())) == (400, ["wait"])


@pytest.mark.django_db
def test_what_has_ended_is_not_waited_for(alice, job):
    began = time.monotonic()

    assert alice.get(f"{RESULTS}{result_of(job).pk}/?wait=60").status_code == 200
    assert time.monotonic() - began < 30


@pytest.mark.django_db
def test_the_time_is_an_end_too(alice, job):
    answer = alice.get(f"{RESULTS}{result_of(job, 'running').pk}/?wait=1")

    assert answer.json()["status"]["value"] == "running"


@pytest.mark.django_db
def test_too_many_callers_are_answered_at_once(alice, job, monkeypatch):
    monkeypatch.setattr(waiting, "_places", threading.BoundedSemaphore(1))
    waiting._places.acquire()
    began = time.monotonic()

    alice.get(f"{RESULTS}{result_of(job, 'running').pk}/?wait=60")

    assert time.monotonic() - began < 30


@pytest.mark.django_db(transaction=True)
def test_the_end_of_a_run_answers_whoever_waits():
    result = result_of(published("example", "Hello"), "running")
    alice = Caller(User.objects.create(username="alice", is_superuser=True))
    looked = threading.Event()
    answers = []

    class Look:
        """Tells when somebody began to wait."""

        def acquire(self, **_kwargs):
            looked.set()
            return True

        def release(self):
            pass

    def wait():
        answers.append(alice.get(f"{RESULTS}{result.pk}/?wait=60").json()["status"]["value"])
        connection.close()

    places, waiting._places = waiting._places, Look()
    try:
        thread = threading.Thread(target=wait)
        thread.start()
        assert looked.wait(30)
        JobResult.objects.filter(pk=result.pk).update(status="completed", completed=result.created)
        thread.join(30)
    finally:
        waiting._places = places

    assert answers == ["completed"]
