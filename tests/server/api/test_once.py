"""``Idempotency-Key``: the same request twice is one run. WB-16."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, transaction
from tests.server.api.cast import Caller, alive, published, variable

from jobyard_server.access.models import User
from jobyard_server.runs.models import JobResult, RunKey

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]
BY_PATH = "/api/extras/jobs/local/example/Hello/run/"


@pytest.fixture
def job(db):
    return published(
        "example", "Hello", variable("foo", required=False), variable("f", "FileVar", required=False)
    )


def test_the_same_key_gives_the_same_run_in_both_forms(alice, job):
    by_path = [alice.post(BY_PATH, {"data": {"foo": "x"}}, HTTP_IDEMPOTENCY_KEY="k") for _time in range(2)]
    by_id = alice.post(f"/api/extras/jobs/{job.pk}/run/", {"data": {"foo": "x"}}, HTTP_IDEMPOTENCY_KEY="k")

    ids = {answer.json()["result"]["id"] for answer in by_path} | {by_id.json()["job_result"]["id"]}
    assert [answer.status_code for answer in by_path] == [200, 200]
    assert by_id.status_code == 201
    assert ids == {str(JobResult.objects.get().pk)}


def test_the_same_key_with_another_request_is_refused(alice, job):
    alice.post(BY_PATH, {"data": {"foo": "x"}}, HTTP_IDEMPOTENCY_KEY="k")

    answer = alice.post(BY_PATH, {"data": {"foo": "y"}}, HTTP_IDEMPOTENCY_KEY="k")

    assert answer.status_code == 422
    assert "another request" in answer.json()["detail"]
    assert JobResult.objects.count() == 1


def test_keys_of_different_people_and_jobs_do_not_meet(alice, bob, job):
    other = published("example", "Hello", at="d" * 40)
    for who in (alice, bob):
        assert who.post(BY_PATH, HTTP_IDEMPOTENCY_KEY="k").status_code == 200
    second = published("other", "Job", at="e" * 40)
    alice.post(f"/api/extras/jobs/{second.pk}/run/", HTTP_IDEMPOTENCY_KEY="k")

    assert JobResult.objects.count() == 3
    assert other.pk == job.pk


def test_a_refused_request_does_not_use_the_key_up(alice, job):
    refused = alice.post(BY_PATH, {"data": {"no_such": 1}}, HTTP_IDEMPOTENCY_KEY="k")
    accepted = alice.post(BY_PATH, {"data": {"foo": "x"}}, HTTP_IDEMPOTENCY_KEY="k")

    assert (refused.status_code, accepted.status_code) == (400, 200)


def test_files_belong_to_the_request(alice, job):
    def send(content):
        file = SimpleUploadedFile("f.txt", content)
        return alice.post(BY_PATH, {"f": file}, format="multipart", HTTP_IDEMPOTENCY_KEY="k").status_code

    assert [send(b"one"), send(b"one"), send(b"two")] == [200, 200, 422]


@pytest.mark.parametrize("key", ["x" * 256, "tab\there"])
def test_a_key_that_is_none(alice, job, key):
    assert alice.post(BY_PATH, HTTP_IDEMPOTENCY_KEY=key).status_code == 400


def test_who_may_not_run_learns_nothing_from_a_key(alice, charlie, job):
    alice.post(BY_PATH, HTTP_IDEMPOTENCY_KEY="k")

    assert charlie.post(BY_PATH, HTTP_IDEMPOTENCY_KEY="k").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_f110_a_commit_whose_answer_was_lost_is_found_again_by_its_key(monkeypatch):
    published("example", "Hello")
    alive("worker", queues=["default"])
    alice = Caller(User.objects.create(username="alice", is_superuser=True))
    real, lost = transaction.Atomic.__exit__, []

    def lose_the_answer(atomic, *error):
        real(atomic, *error)
        if not lost and error == (None, None, None) and JobResult.objects.exists():
            lost.append(1)
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(transaction.Atomic, "__exit__", lose_the_answer)
    unsure = alice.post(BY_PATH, {}, HTTP_IDEMPOTENCY_KEY="k")
    again = alice.post(BY_PATH, {}, HTTP_IDEMPOTENCY_KEY="k")

    assert (unsure.status_code, "Retry-After" in unsure, again.status_code) == (503, True, 200)
    assert str(JobResult.objects.get().pk) == again.json()["result"]["id"]


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_are_one_run():
    published("example", "Hello")
    alive("worker", queues=["default"])
    alice = Caller(User.objects.create(username="alice", is_superuser=True))

    def run(_number):
        try:
            return alice.post(BY_PATH, {}, HTTP_IDEMPOTENCY_KEY="k").json()["result"]["id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(run, range(6)))

    assert len(ids) == 1
    assert JobResult.objects.count() == RunKey.objects.count() == 1
