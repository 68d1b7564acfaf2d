"""Starting a run from the form."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.server.ui import cast
from tests.server.ui.cast import Page, variable

from jobyard_server.registry.models import describe_job
from jobyard_server.runs.models import InputFile, JobResult

pytestmark = pytest.mark.django_db
PAGE = "/extras/jobs/local/example/Probe/"


@pytest.fixture
def post(as_user, bob, worker):
    def send(user=bob, **fields):
        return as_user(user).post(PAGE, fields)

    return send


def test_a_run_leads_to_its_result(post, bob):
    cast.make_job()

    response = post(_commit="on")

    result = JobResult.objects.get()
    assert response.status_code == 302
    assert response.url == f"/extras/jobs/results/{result.pk}/"
    assert (result.user, result.status, result.commit) == (bob, "pending", True)
    assert result.request["path"] == PAGE


def test_an_unticked_box_makes_a_dry_run(post):
    cast.make_job(commit_default=True)

    post()

    assert JobResult.objects.get().commit is False


def test_a_read_only_job_ignores_the_box(post):
    cast.make_job(read_only=True)

    post(_commit="on")

    assert JobResult.objects.get().commit is False


def test_what_the_form_sends_arrives_coerced(post):
    cast.make_job(
        variable("StringVar", "text"),
        variable("IntegerVar", "count"),
        variable("BooleanVar", "flag"),
        variable("BooleanVar", "other_flag"),
        variable("MultiChoiceVar", "many", choices=[["1", "One"], ["2", "Two"]]),
        variable("JSONVar", "extra"),
        variable("IPNetworkVar", "network"),
        variable("DateTimeVar", "at", required=False),
    )

    post(text=" x ", count="7", flag="on", many=["1", "2"], extra='{"a": 1}', network="192.0.2.0/24", at="")

    assert JobResult.objects.get().inputs == {
        "text": "x",
        "count": 7,
        "flag": True,
        "other_flag": False,
        "many": ["1", "2"],
        "extra": {"a": 1},
        "network": "192.0.2.0/24",
        "at": None,
    }


def test_a_time_is_meant_by_the_clock_that_the_form_was_shown_by(post):
    cast.make_job(variable("DateTimeVar", "at"))

    post(at="2026-07-01T10:00", _zone="Europe/Amsterdam")
    post(at="2026-07-01T10:00", _zone="no zone")

    inputs = [result.inputs["at"] for result in JobResult.objects.order_by("created")]
    assert inputs == ["2026-07-01T10:00:00+02:00", "2026-07-01T10:00:00+00:00"]


def test_a_refused_form_shows_times_by_the_clock_that_it_names(as_user, bob, worker):
    cast.make_job(variable("DateTimeVar", "at"), variable("StringVar", "text"), variable("DateTimeVar", "no"))
    client = as_user(bob)
    client.cookies["jobyard-zone"] = "America/New_York"

    page = Page(client.post(PAGE, {"at": "2026-07-01T10:00", "no": "tomorrow", "_zone": "Europe/Amsterdam"}))

    assert page.field("at")["value"] == "2026-07-01T04:00:00"
    assert page.field("no")["value"] == "tomorrow"
    assert page.field("_zone")["value"] == "America/New_York"
    assert "Time zone: America/New_York." in page.text


def test_a_file_is_kept_for_the_run(post):
    cast.make_job(variable("FileVar", "attachment"))

    post(attachment=SimpleUploadedFile("data.csv", b"a,b", content_type="text/csv"))

    kept = InputFile.objects.get()
    assert (kept.variable, kept.name, kept.size) == ("attachment", "data.csv", 3)


def test_the_chosen_queue_is_used(post, worker):
    worker.queues = ["default", "slow"]
    worker.save()
    cast.make_job(task_queues=["default", "slow"])

    post(_task_queue="slow")

    assert JobResult.objects.get().task_queue == "slow"


def test_wrong_inputs_come_back_with_their_errors(post):
    cast.make_job(
        variable("StringVar", "first", required=False),
        variable("StringVar", "text"),
        variable("IntegerVar", "count", max_value=5),
    )

    response = post(first="kept", text="", count="99", _commit="on")

    page = Page(response)
    assert response.status_code == 200
    assert not JobResult.objects.exists()
    assert "2 fields need another look. Nothing was started." in page.text
    assert "This field is required." in page.words
    assert "Ensure this value is less than or equal to 5." in page.words
    assert page.field("first")["value"] == "kept"
    assert page.field("count")["value"] == "99"
    assert "checked" in page.field("_commit")


def test_the_first_wrong_field_takes_the_focus(post):
    cast.make_job(variable("StringVar", "fine"), variable("StringVar", "text"), variable("StringVar", "last"))

    page = Page(post(fine="x"))

    assert "autofocus" in page.field("text")
    assert "autofocus" not in page.field("last")
    assert page.field("text")["aria-invalid"] == "true"
    assert page.field("text")["aria-describedby"].split()[0] == "id_text_error"
    assert page.all("div", id="id_text_error")


def test_a_number_that_is_none_is_shown_as_it_was_typed(post):
    cast.make_job(variable("IntegerVar", "count"))

    control = Page(post(count="7 or 8")).field("count")

    assert (control["type"], control["value"]) == ("text", "7 or 8")


def test_a_secret_is_never_sent_back(post):
    cast.make_job(variable("StringVar", "pw", secret=True), variable("StringVar", "text"))

    response = post(pw="correct horse", text="")

    assert b"correct horse" not in response.content


def test_an_unknown_queue_is_an_error_at_the_field(post):
    cast.make_job(task_queues=["default", "slow"])

    page = Page(post(_task_queue="other"))

    assert '"other" is not a valid choice.' in page.words
    assert not JobResult.objects.exists()


def test_without_the_permission_nothing_is_started(post):
    cast.make_job()
    reader = cast.make_user("dave", "view_job")

    response = post(user=reader)

    assert response.status_code == 403
    assert "You do not have permission to run jobs." in Page(response).text
    assert not JobResult.objects.exists()


@pytest.mark.parametrize(
    ("columns", "status", "text"),
    [
        ({"enabled": False}, 409, "This job is not enabled to be run."),
        ({"installed": False}, 409, "This job is not presently installed and cannot be run"),
    ],
)
def test_a_refusal_keeps_the_form(post, columns, status, text):
    cast.make_job(variable("StringVar", "text"), **columns)

    response = post(text="kept")

    page = Page(response)
    assert response.status_code == status
    assert text in page.text
    assert page.field("text")["value"] == "kept"


def test_without_a_worker_the_form_says_so(post, worker):
    worker.delete()
    cast.make_job()

    response = post()

    assert response.status_code == 503
    assert "Unable to run job: Celery worker process not running." in Page(response).text


def test_f183_inputs_that_changed_while_the_form_was_open_start_nothing(post):
    """The form showed one variable; a push then gave the job another one with a default for everything."""
    job = cast.make_job(variable("StringVar", "text"))
    sent = Page(post(text=""))
    spec = job.spec
    spec.variables.append(variable("BooleanVar", "delete_everything"))
    cast.Job.objects.update(**describe_job(spec))

    response = post(text="x", _variables=sent.field("_variables")["value"])

    assert response.status_code == 409
    assert "changed while the form was open" in Page(response).text
    assert not JobResult.objects.exists()


def test_a_form_without_csrf_token_is_refused(alice, worker):
    cast.make_job()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)

    response = browser.post(PAGE)

    assert response.status_code == 403
    assert "The form was not accepted." in Page(response).text
