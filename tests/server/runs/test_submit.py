"""The one door: what it refuses, in which order, and what it stores."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from tests.server.grants import grant

from jobyard.errors import InputErrors
from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.registry.models import Job, Module, Revision, Source, describe_job
from jobyard_server.runs.errors import (
    InvalidCommitFlag,
    InvalidQueue,
    JobHasNoSource,
    JobNotEnabled,
    JobNotInstalled,
    NotAllowedToRun,
    NoWorker,
)
from jobyard_server.runs.models import Component, JobResult
from jobyard_server.runs.submit import RunRequest, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice():
    return get_user_model().objects.create_superuser("alice", "alice@example.com", "x")


@pytest.fixture
def bob():
    user = get_user_model().objects.create_user("bob")
    grant(user, "run_job")
    return user


@pytest.fixture
def charlie():
    return get_user_model().objects.create_user("charlie")


@pytest.fixture
def worker():
    return Component.objects.create(
        kind="worker",
        hostname="h",
        pid=1,
        pid_space="p",
        queues=["default", "fast"],
        heartbeat_at=timezone.now(),
    )


def make_job(**values) -> Job:
    variables = [
        VariableSpec(name="count", type="IntegerVar", kind="IntegerVar", label="Count", required=False)
    ]
    spec = JobSpec(module="m", class_name="J", name="J", grouping="m", variables=variables, **values)
    source, _ = Source.objects.get_or_create(key="local", kind="local")
    revision, _ = Revision.objects.get_or_create(source=source, identifier="a" * 64, snapshot_digest="b" * 64)
    module = Module.objects.create(source=source, name="m", path="m.py", grouping="m", revision=revision)
    return Job.objects.create(
        module=module, source="local", module_name="m", job_class_name="J", **describe_job(spec)
    )


def test_an_accepted_run_is_stored_pinned_and_announced(
    alice, worker, memory_engine, django_capture_on_commit_callbacks
):
    job = make_job()

    with django_capture_on_commit_callbacks(execute=True):
        result = submit(RunRequest(job=job, user=alice, data={"count": "3"}, commit=True))

    assert result.inputs == {"count": 3}
    assert result.revision == job.module.revision
    assert result.origin == {
        "type": "local",
        "name": "local",
        "commit": "a" * 64,
        "path": "m.py",
        "digest": f"sha256:{'b' * 64}",
    }
    assert memory_engine.sent == [(result.pk, "default")]


@pytest.mark.django_db(transaction=True)
def test_f113_a_run_whose_transaction_is_rolled_back_never_was(alice, worker, memory_engine):
    job = make_job()
    with transaction.atomic():
        submit(RunRequest(job=job, user=alice))
        assert memory_engine.sent == []
        transaction.set_rollback(True)

    assert memory_engine.sent == []
    assert not JobResult.objects.exists()


def test_bob_may_run_and_charlie_may_not(bob, charlie, worker):
    job = make_job()

    assert submit(RunRequest(job=job, user=bob)).user == bob
    with pytest.raises(NotAllowedToRun, match="does not have permission to run jobs"):
        submit(RunRequest(job=job, user=charlie))
    assert JobResult.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"enabled": False, "installed": False}, JobNotEnabled),
        ({"installed": False}, JobNotInstalled),
    ],
)
def test_what_is_wrong_with_the_job_comes_before_what_is_wrong_with_the_request(alice, change, refusal):
    job = make_job()
    Job.objects.filter(pk=job.pk).update(**change)
    job.refresh_from_db()

    with pytest.raises(refusal):
        submit(RunRequest(job=job, user=alice, data={"x": 1}, commit="yes", task_queue="none"))


def test_a_job_that_was_never_published_has_no_source(alice, worker):
    job = make_job()
    job.module.revision = None

    with pytest.raises(JobHasNoSource):
        submit(RunRequest(job=job, user=alice))


def test_a_request_is_checked_in_the_order_flag_queue_inputs_worker(alice):
    job = make_job()
    wrong = {"data": {"count": "x"}, "commit": "yes", "task_queue": "none"}

    with pytest.raises(InvalidCommitFlag, match=r"Must be a valid boolean\."):
        submit(RunRequest(job=job, user=alice, **wrong))
    with pytest.raises(InvalidQueue, match='"none" is not a valid choice'):
        submit(RunRequest(job=job, user=alice, **{**wrong, "commit": True}))
    with pytest.raises(InputErrors) as refused:
        submit(RunRequest(job=job, user=alice, **{**wrong, "commit": True, "task_queue": ""}))
    assert refused.value.errors == {"count": ["Enter a whole number."]}
    with pytest.raises(NoWorker, match="No worker serves the queue default"):
        submit(RunRequest(job=job, user=alice))
    assert not JobResult.objects.exists()


def test_a_read_only_job_never_commits(alice, worker):
    job = make_job(read_only=True)

    assert submit(RunRequest(job=job, user=alice, commit=True)).commit is False


@pytest.mark.parametrize("default", [True, False])
def test_the_job_says_what_happens_when_nobody_says_commit(alice, worker, default):
    assert submit(RunRequest(job=make_job(commit_default=default), user=alice)).commit is default


def test_the_first_queue_of_a_job_is_its_default_and_the_old_name_still_works(alice, worker):
    job = make_job(task_queues=["fast", "celery"])

    assert submit(RunRequest(job=job, user=alice)).task_queue == "fast"
    assert submit(RunRequest(job=job, user=alice, task_queue="celery")).task_queue == "default"


def test_without_workers_a_run_waits_when_the_operator_wants_that(alice, settings):
    settings.JOBYARD = {**settings.JOBYARD, "ACCEPT_WITHOUT_WORKERS": True}

    assert submit(RunRequest(job=make_job(), user=alice)).status == "pending"


def test_a_local_run_needs_no_worker_and_is_announced_to_nobody(
    alice, memory_engine, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        result = submit(RunRequest(job=make_job(), user=alice, is_local=True))

    assert result.task_queue == f"local-{result.pk}"
    assert memory_engine.sent == []


def test_a_run_costs_few_queries(alice, worker, django_assert_max_num_queries):
    make_job()
    job = Job.objects.select_related("module__source", "module__revision").get()

    with django_assert_max_num_queries(6):  # worker, savepoint, insert, hold, release, content type
        submit(RunRequest(job=job, user=alice, data={}))
