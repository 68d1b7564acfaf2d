"""Run requests: jobs-behaviour §13.6 and the table of §13.7, in both forms."""

from __future__ import annotations

import pytest
from django.utils import timezone
from rest_framework.test import APIRequestFactory
from tests.server.api.cast import Caller, alive, caller, published, result_of, variable

from jobyard_server.api.jobs.class_path import RunByClassPath
from jobyard_server.registry.models import Job, Module
from jobyard_server.runs.models import Component, JobResult

pytestmark = pytest.mark.django_db

JOBS = "/api/extras/jobs/"
NOT_FOUND = {"detail": "Not found."}
NOT_PERMITTED = {"detail": "You do not have permission to perform this action."}


@pytest.fixture(params=["class path", "record"])
def form(request):
    return request.param


@pytest.fixture
def run(form):
    """``run(caller, job, body)`` by the form of this test."""

    def call(who: Caller, job: Job, body=None, **extra):
        place = job.class_path if form == "class path" else job.pk
        return who.post(f"{JOBS}{place}/run/", body, **extra)

    return call


def new_result(form, answer):
    body = answer.json()
    return body["result"] if form == "class path" else body["job_result"]


@pytest.mark.usefixtures("worker")
def test_an_accepted_run_is_stored_pinned_and_answered(bob, job, run, form):
    answer = run(bob, job)

    stored = JobResult.objects.get()
    shown = new_result(form, answer)
    assert answer.status_code == (200 if form == "class path" else 201)
    assert shown["id"] == str(stored.pk)
    assert shown["url"] == f"http://testserver/api/extras/job-results/{stored.pk}/"
    assert shown["name"] == "local/example/Hello"
    assert shown["status"] == {"value": "pending", "label": "Pending"}
    assert shown["user"]["username"] == "bob"
    assert shown["completed"] is None
    assert (stored.user, stored.revision, stored.commit) == (bob.user, job.module.revision, True)


@pytest.mark.usefixtures("worker")
def test_the_answer_by_class_path_is_the_job_with_its_new_result(bob, job):
    result_of(job)

    body = bob.post(f"{JOBS}{job.class_path}/run/").json()

    stored = JobResult.objects.get(status="pending")
    assert {"url", "id", "pk", "name", "description", "test_methods", "vars", "result"} <= set(body)
    assert body["result"]["id"] == body["result"]["job_id"] == str(stored.pk)
    assert body["result"]["data"] is None
    assert body["result"]["obj_type"] == "extras.job"
    assert body["result"]["source"]["commit"] == "c" * 40


@pytest.mark.usefixtures("worker")
def test_the_answer_by_record_has_the_short_result(bob, job):
    body = bob.post(f"{JOBS}{job.pk}/run/").json()

    assert body["schedule"] is None
    assert set(body["job_result"]) == {
        "id", "url", "name", "created", "completed", "user", "status", "display",
    }  # fmt: skip


def anonymous_asks(_bob, _job):
    return Caller(), {}


def read_only_asks(bob, _job):
    return bob.read_only(), {}


def charlie_asks(_bob, _job):
    return caller("charlie", "view_job"), {}


def not_enabled(bob, _job):
    Job.objects.update(enabled=False)
    return bob, {"commit": "wrong", "task_queue": "wrong", "data": "wrong", "schedule": 7}


def not_installed(bob, _job):
    Job.objects.update(installed=False)
    return bob, {"commit": "wrong", "schedule": {"interval": "daily"}}


def sensitive_and_scheduled(bob, _job):
    return bob, {"schedule": {"name": "Nightly", "interval": "daily"}, "commit": "wrong"}


def sensitive_and_approved(bob, job):
    set_spec(job, approval_required=True)
    return bob, {"commit": "wrong"}


def approval_needed(bob, job):
    set_spec(job, approval_required=True, has_sensitive_variables=False)
    return bob, {}


def nothing_published(bob, _job):
    Module.objects.update(revision=None)
    return bob, {"commit": "wrong"}


def wrong_commit(bob, _job):
    return bob, {"commit": "true", "task_queue": "wrong", "data": []}


def wrong_schedule(bob, _job):
    return bob, {"schedule": "daily", "commit": "true"}


def unknown_interval(bob, _job):
    return bob, {"schedule": {"interval": "yearly"}}


def wrong_queue(bob, _job):
    return bob, {"task_queue": "x", "data": []}


def strange_queue(bob, _job):
    return bob, {"task_queue": ["default"]}


def data_is_no_object(bob, _job):
    Component.objects.all().delete()
    return bob, {"data": ["foo"]}


def unknown_input(bob, _job):
    return bob, {"data": {"foo": 1, "bar": 2}}


def body_is_a_list(bob, _job):
    return bob, [1, 2]


def set_spec(job, **values):
    Job.objects.filter(pk=job.pk).update(spec_json={**job.spec_json, **values})


SCHEDULED = "Unable to schedule job: Job may have sensitive input variables"
APPROVED = (
    "Unable to run or schedule job: This job is flagged as possibly having sensitive variables but is also"
    " flagged as requiring approval.One of these two flags must be removed before this job can be"
    " scheduled or run."
)
UNKNOWN = ["Job data contained an unknown property"]


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    "case",
    [
        (anonymous_asks, 403, {"detail": "Authentication credentials were not provided."}),
        (read_only_asks, 403, NOT_PERMITTED),
        (charlie_asks, 403, {"detail": "This user does not have permission to run jobs."}),
        (not_enabled, 403, {"detail": "This job is not enabled to be run."}),
        (not_installed, 405, {"detail": "This job is not presently installed and cannot be run"}),
        (sensitive_and_scheduled, 400, {"schedule": {"interval": [SCHEDULED]}}),
        (sensitive_and_approved, 400, [APPROVED]),
        (nothing_published, 405, {"detail": "This job's source code could not be located and cannot be run"}),
        (wrong_commit, 400, {"commit": ["Must be a valid boolean."]}),
        (wrong_queue, 400, {"task_queue": ['"x" is not a valid choice.']}),
        (strange_queue, 400, {"task_queue": ["\"['default']\" is not a valid choice."]}),
        (unknown_interval, 400, {"schedule": {"interval": ['"yearly" is not a valid choice.']}}),
        (data_is_no_object, 400, {"errors": ["Job data needs to be a dict"]}),
        (unknown_input, 400, {"errors": {"foo": UNKNOWN, "bar": UNKNOWN}}),
        (body_is_a_list, 400, {"non_field_errors": ["Invalid data. Expected a dictionary, but got list."]}),
    ],
)
def test_checks_of_a_run_request_in_order(bob, job, run, case):
    arrange, status, body = case
    who, sent = arrange(bob, job)

    answer = run(who, job, sent)

    assert (answer.status_code, answer.json()) == (status, body)
    assert not JobResult.objects.exists()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("arrange", [wrong_schedule, approval_needed])
def test_what_shall_not_run_now_is_never_run_now(bob, job, run, arrange):
    who, sent = arrange(bob, job)

    run(who, job, sent)

    assert not JobResult.objects.exists()


def test_without_a_grant_nobody_learns_which_jobs_exist(charlie, job):
    for path in (job.class_path, "local/example/Other", job.pk, "00000000-0000-0000-0000-000000000000"):
        answer = charlie.post(f"{JOBS}{path}/run/")

        assert answer.status_code == 403
        assert answer.json() == {"detail": "This user does not have permission to run jobs."}


@pytest.mark.parametrize("path", ["local/example/Other", "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_job(bob, path):
    answer = bob.post(f"{JOBS}{path}/run/")

    assert (answer.status_code, answer.json()) == (404, NOT_FOUND)


def test_without_a_live_worker(bob, job, run, form):
    text = (
        "Unable to process request: Celery worker process not running."
        if form == "class path"
        else "Unable to process request: No celery workers running on queue default."
    )

    answer = run(bob, job)

    assert (answer.status_code, answer.json()) == (503, {"detail": text})
    assert not JobResult.objects.exists()


def test_a_worker_of_another_queue_or_without_heartbeat_does_not_count(bob, job, run):
    alive("worker", queues=["slow"])
    lost = alive("worker", queues=["default"])
    lost.heartbeat_at = timezone.now() - timezone.timedelta(minutes=5)
    lost.save()

    assert run(bob, job).status_code == 503


def test_wrong_inputs_are_told_before_missing_workers(bob, job, run):
    assert run(bob, job, {"data": {"foo": 1}}).status_code == 400


def test_runs_may_wait_for_a_worker_where_that_is_wanted(bob, job, run, settings):
    settings.JOBYARD = {**settings.JOBYARD, "ACCEPT_WITHOUT_WORKERS": True}

    assert run(bob, job).status_code in (200, 201)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    "case",
    [
        ({}, True, True),
        ({}, False, False),
        ({"commit": None}, False, False),
        ({"commit": True}, False, True),
        ({"commit": False}, True, False),
    ],
)
def test_the_commit_flag(bob, job, run, case):
    sent, commit_default, effective = case
    set_spec(job, commit_default=commit_default)

    run(bob, job, sent)

    assert JobResult.objects.get().commit is effective


@pytest.mark.usefixtures("worker")
def test_a_read_only_job_never_commits(bob, job, run):
    set_spec(job, read_only=True)

    run(bob, job, {"commit": True})

    assert JobResult.objects.get().commit is False


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({}, "slow"),
        ({"task_queue": ""}, "slow"),
        ({"task_queue": None}, "slow"),
        ({"task_queue": "celery"}, "default"),
    ],
)
def test_the_queue(bob, job, run, sent, stored):
    set_spec(job, task_queues=["slow", "celery"])

    run(bob, job, sent)

    assert JobResult.objects.get().task_queue == stored


@pytest.mark.usefixtures("worker")
def test_inputs_are_cleaned_and_defaults_filled_in(bob, run):
    job = published(
        "example",
        "Vars",
        variable("foo"),
        variable("bar", "IntegerVar"),
        variable("baz", default="x", has_default=True),
    )

    run(bob, job, {"data": {"foo": " text ", "bar": "5"}, "unknown": "ignored", "schedule": None})

    assert JobResult.objects.get().inputs == {"foo": "text", "bar": 5, "baz": "x"}


@pytest.mark.usefixtures("worker")
def test_all_wrong_inputs_are_told_at_once(bob, run):
    job = published("example", "Vars", variable("foo"), variable("bar", "IntegerVar"))

    answer = run(bob, job, {"data": {"bar": "five"}})

    assert answer.json() == {"errors": {"foo": ["This field is required."], "bar": ["Enter a whole number."]}}


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("interval", [{"interval": "immediately"}, None])
def test_an_immediate_schedule_is_no_schedule(bob, job, run, interval):
    assert run(bob, job, {"schedule": interval}).status_code in (200, 201)


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("{", "JSON parse error - "),
        ("{'data': {}}", "JSON parse error - "),
        (" ", "JSON parse error - "),
        ('{"data": NaN}', "JSON parse error - NaN"),
        ('{"data": {"a": "\\ud800"}}', "JSON parse error - Half"),
        ('{"data": ' + "[" * 100_000, "JSON parse error - "),
        (b"\xff\xfe\xfa", "JSON parse error - "),
        ('{"task_queue": ' + "9" * 5000 + "}", "JSON parse error - "),
    ],
)
def test_malformed_json(bob, job, run, body, text):
    answer = run(bob, job, body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(text)
    assert not JobResult.objects.exists()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("charset", ["utf-8", "rot13", "hex", "latin-1", "nonsense"])
def test_the_charset_of_a_json_body_is_not_believed(bob, job, run, charset):
    kind = f"application/json; charset={charset}"

    assert run(bob, job, '{"commit": false}', content_type=kind).status_code in (200, 201)
    assert JobResult.objects.get().commit is False


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize("body", ["", "null", "{}"])
def test_no_body_is_an_empty_one(bob, job, run, body):
    assert run(bob, job, body, content_type="application/json").status_code in (200, 201)


@pytest.mark.usefixtures("worker")
def test_a_body_sent_in_chunks_is_read(alice, job):
    """Such a body has no length. It was taken for none, and a dry run became a real one."""
    address = f"{JOBS}{job.class_path}/run/"
    request = APIRequestFactory().post(address, {"commit": False}, format="json")
    del request.META["CONTENT_LENGTH"]
    request.META["HTTP_TRANSFER_ENCODING"] = "chunked"
    request.META["HTTP_AUTHORIZATION"] = f"Token {alice.token.key}"

    RunByClassPath.as_view()(request, source="local", module="example", job_class="Hello")

    assert JobResult.objects.get().commit is False


@pytest.mark.usefixtures("worker")
def test_nothing_secret_of_the_request_is_kept(bob, job, run):
    run(bob, job, {}, HTTP_COOKIE="sessionid=abc", HTTP_X_FORWARDED_FOR="10.0.0.9")

    kept = str(JobResult.objects.get().request)
    assert bob.token.key not in kept
    assert "sessionid" not in kept
    assert "10.0.0.9" in kept


@pytest.mark.usefixtures("worker")
def test_a_wrong_layout_starts_nothing(bob, job):
    """It was refused only after the run had been accepted."""
    answer = bob.post(f"{JOBS}{job.class_path}/run/?data_layout=9")

    assert (answer.status_code, list(answer.json())) == (400, ["data_layout"])
    assert not JobResult.objects.exists()


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"count": 1, "other": 1}, "other"),
        ({}, "count"),
        ({"count": "many"}, "count"),
        ({"count": [1]}, "count"),
        ({"count": {}}, "count"),
        ({"count": True}, "count"),
        ({"count": 1, "text": "x" * 10_000_000}, "text"),
        ({"count": 1, "text": 7.5e300}, None),
        ({"count": 1, "text": "\x00"}, "text"),
    ],
    ids=[
        "unknown",
        "missing",
        "word",
        "list",
        "object",
        "truth",
        "10 MB",
        "number",
        "NUL",
    ],
)
def test_f184_inputs_that_do_not_fit_are_refused_before_anything_is_stored(bob, run, data, name):
    inputs = (variable("count", "IntegerVar"), variable("text", required=False, max_length=100))
    job = published("example", "Counts", *inputs)

    answer = run(bob, job, {"data": data}, format="json")

    assert answer.status_code in ((400,) if name else (200, 201, 400)), answer.content[:300]
    if name:
        assert name in answer.json()["errors"]
        assert not JobResult.objects.exists()


@pytest.mark.usefixtures("worker")
def test_f184_a_number_of_ten_thousand_digits_is_no_json(bob, run):
    job = published("example", "Counts", variable("count", "IntegerVar"))
    place = f"{JOBS}{job.class_path}/run/"
    body = '{"data": {"count": ' + "1" * 10_000 + "}}"

    answer = bob.generic("POST", place, body.encode(), "application/json")

    assert (answer.status_code, list(answer.json())) == (400, ["detail"])
    assert not JobResult.objects.exists()
