"""Inputs that no sensible person sends: refused with the name of the field, or carried to the job."""

from __future__ import annotations

import json
from urllib.parse import quote_from_bytes

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from tests.server.cli.cast import call

from jobyard.cleaning.text import NO_TEXT
from jobyard_server.inventory.dcim.models import Site
from jobyard_server.runs.models import InputFile, JobResult

pytestmark = pytest.mark.django_db
RUN = "/api/extras/jobs/local/{}/run/"
PAGE = "/extras/jobs/local/{}/"
LONG = "x" * 50_000_000


@pytest.fixture
def browser(world):
    made = Client()
    made.force_login(world.service.user)
    return made


def newest():
    return JobResult.objects.latest("created")


def test_fifty_million_characters_reach_the_job_through_rest(world, doors):
    answer = world.alice.post(RUN.format("fx_vars_text/Texts"), {"data": {"text": LONG}}, format="json")

    assert answer.status_code == 200, answer.content[:500]
    assert (newest().status, newest().output) == ("completed", f"\n{len(LONG)}")


def test_fifty_million_characters_reach_the_job_through_the_form(doors, browser):
    response = browser.post(PAGE.format("fx_vars_text/Texts"), {"text": LONG})

    assert response.status_code == 302
    assert (newest().status, newest().output) == ("completed", f"\n{len(LONG)}")


def test_a_long_text_where_a_short_one_is_wanted_names_the_field(world):
    answer = world.alice.post(RUN.format("fx_vars_text/Strings"), {"data": {"short": LONG}}, format="json")

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["short"]


def test_f22_an_object_that_vanishes_while_the_run_waits_ends_it_before_the_job_begins(world, doors):
    site = Site.objects.create(name="Short-lived", slug="short-lived", status="active")
    world.holds_runs = True
    sent = {"data": {"site": str(site.pk)}}
    key = world.alice.post(RUN.format("fx_vars_object/Single"), sent, format="json").json()["result"]["id"]
    site.delete()

    ended = world.carry_out(key)

    assert (ended.status, ended.status_reason) == ("errored", "initialization")
    assert "site" in ended.logs.get().message


def test_an_upload_over_the_limit_is_refused_with_the_field_everywhere(world, browser, settings):
    settings.JOBYARD = {**settings.JOBYARD, "FILE_MAX_BYTES": 10}
    job = "fx_file/Reads"

    rest = world.alice.post(RUN.format(job), {"upload": _upload()}, format="multipart")
    form = browser.post(PAGE.format(job), {"upload": _upload()})

    message = "The file is too large (20 bytes; the limit is 10 bytes)."
    assert (rest.status_code, rest.json()) == (400, {"errors": {"upload": [message]}})
    assert form.status_code == 200
    assert message in form.content.decode()
    assert not InputFile.objects.exists()


def _upload():
    return SimpleUploadedFile("long.txt", b"x" * 20)


@pytest.mark.parametrize(
    ("job", "name", "value"),
    [
        ("fx_vars_text/Texts", "text", "a\x00b"),
        ("fx_vars_json_date/Json", "structure", {"a": "\x00"}),
        ("fx_vars_object/Single", "site", "\x00"),
        ("fx_vars_object/Single", "site", {"name": "\x00"}),
        ("fx_vars_object/Multiple", "sites", ["\x00"]),
        ("fx_vars_choice/One", "direction", "\x00"),
    ],
)
def test_null_characters_are_refused_by_field_or_taken_out(world, doors, job, name, value):
    answer = world.alice.post(RUN.format(job), {"data": {name: value}}, format="json")

    if answer.status_code == 400:
        assert list(answer.json()["errors"]) == [name]
    else:
        assert newest().status == "completed"
        assert "\\u0000" not in str(newest().inputs)


@pytest.mark.parametrize("depth", [500, 100_000])
def test_deep_json_is_an_answer_in_words(world, doors, browser, depth):
    deep = "[" * depth + "]" * depth
    sent = f'{{"data": {{"structure": {deep}}}}}'

    rest = world.alice.post(RUN.format("fx_vars_json_date/Json"), sent, content_type="application/json")
    form = browser.post(PAGE.format("fx_vars_json_date/Json"), {"structure": deep})

    assert rest.status_code in (200, 400), rest.content
    assert form.status_code in (200, 302), form.content
    if depth == 100_000:
        assert rest.status_code == 400
        assert "Enter a valid JSON." in form.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"text": "\xff"}', "cannot be read"),
        (b'{"text": "a', "Invalid JSON data:"),
        (b"[" * 100_000, "Invalid JSON data:"),
        (b'{"structure": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "Invalid JSON data:"),
        (b'{"text": ["a"]}', "text: Not a valid string."),
        (b'{"nonsense": 1}', "nonsense: Job data contained an unknown property"),
        (b"[]", "Job data needs to be a dict"),
    ],
    ids=["no text", "cut off", "deep and cut off", "deep", "list", "unknown", "no object"],
)
def test_the_command_line_says_what_is_wrong_with_its_inputs(world, content, said):
    before = JobResult.objects.count()
    file = world.folder / "inputs.json"
    file.write_bytes(content)

    done = call("runjob", "local/fx_vars_text/Texts", "--data", f"@{file}")

    assert (done.exit_code, said in done.output) == (2, True), done.output
    assert JobResult.objects.count() == before


def test_fifty_million_characters_reach_the_job_through_the_command_line(world, doors):
    file = world.folder / "long.json"
    file.write_text(json.dumps({"text": LONG}))

    done = call("runjob", "local/fx_vars_text/Texts", "--data", f"@{file}")

    assert (done.exit_code, newest().output) == (0, f"\n{len(LONG)}")


def test_an_upload_over_the_limit_is_refused_on_the_command_line(world, settings):
    settings.JOBYARD = {**settings.JOBYARD, "FILE_MAX_BYTES": 10}
    (world.folder / "long.txt").write_bytes(b"x" * 20)

    done = call("runjob", "local/fx_file/Reads", "--file", f"upload={world.folder / 'long.txt'}")

    assert done.exit_code == 2
    assert "upload: The file is too large (20 bytes; the limit is 10 bytes)." in done.output
    assert not InputFile.objects.exists()


ODD = [b"a\x00b", b"a\xffb", "a\ud800b".encode("utf-8", "surrogatepass")]


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", MULTIPART_CONTENT])
@pytest.mark.parametrize("text", ODD)
def test_bytes_of_a_form_that_are_no_text_are_refused_at_their_field(world, browser, content_type, text):
    before = JobResult.objects.count()
    sent = b"note=kept&text=" + quote_from_bytes(text).encode()
    if content_type == MULTIPART_CONTENT:
        sent = _form({"note": "kept", "text": "TEXT"}).replace(b"TEXT", text)

    answer = browser.generic("POST", PAGE.format("fx_vars_text/Texts"), sent, content_type=content_type)

    assert answer.status_code == 200
    assert NO_TEXT in answer.content.decode()
    assert JobResult.objects.count() == before


@pytest.mark.parametrize("text", ODD)
def test_bytes_of_a_multipart_request_that_are_no_text_are_refused_with_the_field(world, text):
    sent = _form({"text": "TEXT"}).replace(b"TEXT", text)

    answer = world.alice.post(RUN.format("fx_vars_text/Texts"), sent, content_type=MULTIPART_CONTENT)

    assert (answer.status_code, answer.json()) == (400, {"errors": {"text": [NO_TEXT]}})


def test_a_replacement_character_that_somebody_means_reaches_the_job(world, doors, browser):
    sent = {"text": "a\ufffdb"}

    answer = world.alice.post(RUN.format("fx_vars_text/Texts"), sent, format="multipart")
    assert (answer.status_code, newest().output) == (200, "\n3")

    form = browser.post(PAGE.format("fx_vars_text/Texts"), sent)
    assert (form.status_code, newest().output) == (302, "\n3")


@pytest.mark.parametrize("odd", [b"\x00", b"\xe9"])
@pytest.mark.parametrize("ending", ["", ".txt"])
def test_bytes_in_the_name_of_a_file_that_are_no_text_are_refused_at_its_field(world, browser, ending, odd):
    files = InputFile.objects.count()
    sent = _form({"upload": SimpleUploadedFile(f"aODD{ending}", b"x")}).replace(b"ODD", odd)
    job = "fx_file/Reads"

    rest = world.alice.post(RUN.format(job), sent, content_type=MULTIPART_CONTENT)
    form = browser.generic("POST", PAGE.format(job), sent, content_type=MULTIPART_CONTENT)

    message = "The name of the file is no text in UTF-8."
    assert (rest.status_code, rest.json()) == (400, {"errors": {"upload": [message]}})
    assert (form.status_code, message in form.content.decode()) == (200, True)
    assert InputFile.objects.count() == files


def _form(fields):
    return encode_multipart(BOUNDARY, fields)


def test_bytes_that_are_no_text_are_refused(world, browser):
    rest = world.alice.post(
        RUN.format("fx_vars_text/Texts"), b'{"data": {"text": "\xff"}}', content_type="application/json"
    )

    assert rest.status_code == 400
    assert rest.json()["detail"].startswith("JSON parse error")
