"""Run requests as multipart/form-data: jobs-behaviour §5.4 and §13.6."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.server.api.cast import published, variable

from jobyard_server.inventory.dcim.models import Region
from jobyard_server.runs.models import InputFile, JobResult

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]

JOBS = "/api/extras/jobs/"
CHOICES = [["a", "A"], ["b", "B"]]


@pytest.fixture
def job(db):
    return published(
        "example",
        "Upload",
        variable("source", "FileVar"),
        variable("name", required=False),
        variable("count", "IntegerVar", required=False),
        variable("sure", "BooleanVar"),
        variable("tags", "MultiChoiceVar", required=False, choices=CHOICES),
        variable("config", "JSONVar", required=False),
        variable("title", default="none", has_default=True),
        variable("region", "ObjectVar", required=False, model="dcim.region"),
        variable("password", required=False, secret=True),
    )


@pytest.fixture(params=["class path", "record"])
def run(request, bob, job):
    place = job.class_path if request.param == "class path" else job.pk
    return lambda fields: bob.post(f"{JOBS}{place}/run/", fields, format="multipart")


def upload(content=b"a,b\n1,2\n", name="devices.csv"):
    return SimpleUploadedFile(name, content, content_type="text/csv")


def test_a_file_and_fields_of_all_kinds(run):
    region = Region.objects.create(name="Europe", slug="europe")

    answer = run(
        {
            "source": upload(),
            "name": " core ",
            "count": "7",
            "sure": "on",
            "tags": ["a", "b"],
            "config": '{"vlans": [1, 2]}',
            "region": str(region.pk),
            "_commit": "false",
            "_task_queue": "default",
            "_profile": "x",
        }
    )

    assert answer.status_code in (200, 201)
    stored = JobResult.objects.get()
    assert stored.commit is False
    assert stored.inputs == {
        "source": {"name": "devices.csv", "size": 8, "content_type": "text/csv"},
        "name": "core",
        "count": 7,
        "sure": True,
        "tags": ["a", "b"],
        "config": {"vlans": [1, 2]},
        "title": "none",
        "region": str(region.pk),
        "password": "",
    }


def test_the_bytes_are_kept_for_the_run(run):
    run({"source": upload(b"x" * 3_000_000, "../../etc/passwd")})

    kept = InputFile.objects.get()
    assert (kept.variable, kept.name, kept.size) == ("source", "passwd", 3_000_000)
    assert b"".join(bytes(chunk.content) for chunk in kept.chunks.all()) == b"x" * 3_000_000


def test_one_value_of_a_list_is_a_list(run):
    run({"source": upload(), "tags": "b"})

    assert JobResult.objects.get().inputs["tags"] == ["b"]


@pytest.mark.parametrize(
    ("sent", "commit"),
    [("true", True), ("on", True), ("1", True), ("YES", True), ("false", False), ("0", False), ("", True)],
)
def test_words_for_the_commit_flag(run, sent, commit):
    run({"source": upload(), "_commit": sent})

    assert JobResult.objects.get().commit is commit


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"_commit": "maybe"}, {"_commit": ["Must be a valid boolean."]}),
        ({"_task_queue": "x"}, {"_task_queue": ['"x" is not a valid choice.']}),
        (
            {"_schedule_interval": "daily", "_schedule_name": "Nightly"},
            {"_schedule_interval": ["Unable to schedule job: Job may have sensitive input variables"]},
        ),
        ({"_schedule_interval": "yearly"}, {"_schedule_interval": ['"yearly" is not a valid choice.']}),
        ({"source": upload(b"")}, {"errors": {"source": ["The submitted file is empty."]}}),
        ({"source": "text"}, {"errors": {"source": ["A file must be uploaded as multipart/form-data."]}}),
        ({"config": "{"}, {"errors": {"config": ["Enter a valid JSON."]}}),
        ({"count": ["1", "2"]}, {"errors": {"count": ["Enter a whole number."]}}),
        ({"count": "x", "tags": "z"}, {
            "errors": {
                "count": ["Enter a whole number."],
                "tags": ["Select a valid choice. z is not one of the available choices."],
            }
        }),
        ({"name": upload()}, {"errors": {"name": ["This input is not a file."]}}),
        ({"other": "1"}, {"errors": {"other": ["Job data contained an unknown property"]}}),
        ({"other": upload()}, {"errors": {"other": ["Job data contained an unknown property"]}}),
        ({"commit": "true"}, {"errors": {"commit": ["Job data contained an unknown property"]}}),
    ],
)  # fmt: skip
def test_refusals_use_the_names_of_the_fields(run, fields, body):
    answer = run({"source": upload(), **fields})

    assert (answer.status_code, answer.json()) == (400, body)
    assert not JobResult.objects.exists()
    assert not InputFile.objects.exists()


def test_a_missing_file(run):
    assert run({"name": "x"}).json() == {"errors": {"source": ["This field is required."]}}


def test_a_file_in_json_is_not_believed(bob, job):
    sent = {"data": {"source": {"name": "x", "size": 1, "content_type": "text/plain"}}}

    answer = bob.post(f"{JOBS}{job.class_path}/run/", sent)

    assert answer.json() == {"errors": {"source": ["A file must be uploaded as multipart/form-data."]}}


def test_a_file_above_the_limit(run, settings):
    settings.JOBYARD = {**settings.JOBYARD, "FILE_MAX_BYTES": 5}

    answer = run({"source": upload(b"123456")})

    text = "The file is too large (6 bytes; the limit is 5 bytes)."
    assert answer.json() == {"errors": {"source": [text]}}


@pytest.mark.parametrize("body", [b"", b"--x", b"--x\r\n\r\n", b"garbage"])
def test_a_malformed_form(bob, job, body):
    kind = "multipart/form-data; boundary=x"

    answer = bob.post(f"{JOBS}{job.class_path}/run/", body, content_type=kind)

    assert answer.status_code == 400
    assert answer.json()


def test_a_form_without_boundary(bob, job):
    answer = bob.post(f"{JOBS}{job.class_path}/run/", b"x", content_type="multipart/form-data")

    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("Multipart form parse error")


def test_more_fields_than_anybody_needs(run, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10

    answer = run({"source": upload(), **{f"field{number}": "1" for number in range(20)}})

    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_fields_larger_than_a_request_may_be(run, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = run({"source": upload(), "name": "x" * 1000})

    assert (answer.status_code, answer.json()) == (413, {"detail": "The request is too large."})


def test_a_password_is_not_kept_with_the_request(run, job):
    from tests.server.api.test_run import set_spec  # beside its use

    set_spec(job, has_sensitive_variables=False)

    run({"source": upload(), "name": "core", "password": "hunter2"})

    kept = str(JobResult.objects.get().request)
    assert "core" in kept
    assert "hunter2" not in kept


def test_only_run_requests_may_be_forms(alice, job):
    answer = alice.patch(f"{JOBS}{job.pk}/", {"enabled": "false"}, format="multipart")

    assert answer.status_code == 415
