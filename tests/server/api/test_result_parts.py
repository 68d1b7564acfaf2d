"""Files, log downloads, provenance, repeated runs and workers over REST."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import uuid

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.utils import timezone
from tests.server.api.cast import result_of

from jobyard_server.live.streams import GRANT
from jobyard_server.runs.models import JobLogEntry, OutputFile, OutputFileChunk

pytestmark = pytest.mark.django_db(transaction=True)

RESULTS = "/api/extras/job-results/"


@pytest.fixture
def result(job, bob):
    counters = [{"grouping": "run", "rows": 3, "success": 0, "info": 2, "warning": 0, "failure": 1}]
    stored = result_of(job, user=bob.user, counters=counters)
    rows = [("info", "first\nsecond line"), ("failure", "=cmd|' /C calc'!A0"), ("info", "last")]
    for number, (level, message) in enumerate(rows):
        JobLogEntry.objects.create(
            job_result=stored,
            sequence=number,
            created=timezone.now(),
            grouping="run",
            log_level=level,
            log_object="\uff1d1+1" if number == 1 else None,
            message=message,
        )
    return stored


@pytest.fixture
def file(result):
    made = OutputFile.objects.create(
        job_result=result, number=1, name='a "b" ü.html', size=6, is_complete=True
    )
    for number, content in enumerate([b"<b>", b"!</"]):
        OutputFileChunk.objects.create(file=made, number=number, content=content)
    return made


def close_connection() -> None:
    """Of the thread that read, as the end of a request does; a bound method would be of this thread."""
    connection.close()


def content_of(answer) -> bytes:
    """What a browser gets, piece by piece."""

    async def gather() -> bytes:
        content = b"".join([piece async for piece in answer.streaming_content])
        await sync_to_async(close_connection)()
        return content

    return asyncio.run(gather())


def test_files_are_listed_and_saved_never_shown(bob, result, file):
    listed = bob.get(f"{RESULTS}{result.pk}/files/").json()
    answer = bob.get(listed[0]["url"])

    assert [(item["name"], item["size"]) for item in listed] == [('a "b" ü.html', 6)]
    assert content_of(answer) == b"<b>!</"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Length"] == "6"


@pytest.mark.parametrize("path", ["files/", "logs.txt", "provenance/", "stream/"])
def test_who_may_see_no_result_sees_no_part_of_it(charlie, anonymous, result, path):
    assert charlie.get(f"{RESULTS}{result.pk}/{path}").status_code == 403
    assert anonymous.get(f"{RESULTS}{result.pk}/{path}").status_code == 403


def test_a_file_of_another_result_and_one_that_is_not_whole_are_not_found(bob, job, result, file):
    other = result_of(job, user=bob.user)
    assert bob.get(f"{RESULTS}{other.pk}/files/{file.pk}/").status_code == 404
    assert bob.get(f"{RESULTS}{result.pk}/files/{uuid.uuid4()}/").status_code == 404

    OutputFile.objects.update(is_complete=False)
    assert bob.get(f"{RESULTS}{result.pk}/files/{file.pk}/").status_code == 404


def test_a_log_is_downloaded_as_text(bob, result):
    text = content_of(bob.get(f"{RESULTS}{result.pk}/logs.txt")).decode()

    assert text.count("\n") == 4
    assert "info    run: first\n    second line\n" in text


def test_a_log_is_downloaded_as_json_lines(bob, result):
    lines = content_of(bob.get(f"{RESULTS}{result.pk}/logs.ndjson")).decode().splitlines()

    assert [json.loads(line)["sequence"] for line in lines] == [0, 1, 2]


def test_no_cell_of_a_downloaded_table_is_a_formula(bob, result):
    answer = bob.get(f"{RESULTS}{result.pk}/logs.csv")
    rows = list(csv.DictReader(io.StringIO(content_of(answer).decode())))

    assert rows[1]["message"] == "'=cmd|' /C calc'!A0"
    assert rows[1]["log_object"] == "'\uff1d1+1"
    assert rows[0]["message"] == "first\nsecond line"
    assert answer["Content-Disposition"] == f'attachment; filename="log-{result.pk}.csv"'


def test_a_download_can_be_filtered(bob, result):
    def messages(query: str) -> list[str]:
        lines = content_of(bob.get(f"{RESULTS}{result.pk}/logs.ndjson{query}")).decode().splitlines()
        return [json.loads(line)["message"] for line in lines]

    assert len(messages("?level=failure")) == 1
    assert messages("?q=LAST") == ["last"]
    assert messages("?group=other") == []


def test_another_format_is_not_found(bob, result):
    assert bob.get(f"{RESULTS}{result.pk}/logs.xlsx").status_code == 404


def test_a_very_long_list_of_rows_is_sent_while_it_is_made(bob, result, monkeypatch):
    monkeypatch.setattr("jobyard_server.api.job_results.logs.MOST_AT_ONCE", 2)

    answer = bob.get(f"{RESULTS}{result.pk}/logs/")

    assert answer.streaming
    assert [row["message"] for row in json.loads(content_of(answer))][-1] == "last"


def test_a_very_long_list_can_be_narrowed_and_never_has_a_longer_piece_than_is_sent_at_once(
    bob, result, monkeypatch
):
    monkeypatch.setattr("jobyard_server.api.job_results.logs.MOST_AT_ONCE", 2)
    logs = f"{RESULTS}{result.pk}/logs/"

    found = bob.get(logs, {"log_level": "failure"})

    assert found.streaming
    assert [row["log_level"] for row in json.loads(content_of(found))] == ["failure"]
    assert len(bob.get(logs, {"limit": "100"}).json()) == 2


def test_provenance_is_one_document(bob, result):
    told = bob.get(f"{RESULTS}{result.pk}/provenance/").json()

    assert told["job"]["class_path"] == "local/example/Hello"
    assert told["requested_by"]["user"] == "bob"
    assert set(told) >= {"code", "inputs", "executed_by", "times", "phases", "outcome"}


def test_a_run_is_started_once_more(bob, job, worker):
    job.spec_json = {**job.spec_json, "has_sensitive_variables": False}
    job.save()
    first = result_of(job, user=bob.user, has_sensitive_variables=False, revision=job.module.revision)

    answer = bob.post(f"{RESULTS}{first.pk}/again/", {})

    assert answer.status_code == 201
    assert answer.json()["status"]["value"] == "pending"
    assert answer.json()["id"] != str(first.pk)


def test_a_run_without_kept_inputs_is_a_conflict_and_a_wrong_word_is_named(bob, result, worker):
    conflict = bob.post(f"{RESULTS}{result.pk}/again/", {})
    wrong = bob.post(f"{RESULTS}{result.pk}/again/", {"revision": "older"})

    assert conflict.status_code == 409
    assert "were not kept" in conflict.json()["detail"]
    assert (wrong.status_code, wrong.json()) == (400, {"revision": ["Use one of same, latest."]})


def test_who_may_not_run_the_job_cannot_repeat_it(result, worker):
    from tests.server.api.cast import caller

    reader = caller("reader", "view_jobresult")
    result.has_sensitive_variables = False
    result.save()

    assert reader.post(f"{RESULTS}{result.pk}/again/", {}).status_code == 404


def test_a_stream_is_granted_with_what_was_seen(bob, result):
    answer = bob.get(
        f"{RESULTS}{result.pk}/stream/", headers={"Last-Event-ID": "7.1", "Accept": "text/event-stream"}
    )

    assert answer.status_code == 200
    *seen, token, login = json.loads(answer[GRANT.decode()])
    assert seen == [str(bob.user.pk), str(result.pk), "7.1", True]
    assert (token, login) == (str(bob.user.tokens.get().pk), "")


def test_workers_are_listed_with_what_they_hold(alice, bob, worker, result):
    result.worker = worker.pk
    result.status = "running"
    result.save()

    (shown,) = alice.get("/api/extras/workers/").json()

    assert (shown["is_alive"], shown["queues"]) == (True, ["default", "slow"])
    assert [run["id"] for run in shown["runs"]] == [str(result.pk)]
    assert bob.get("/api/extras/workers/").status_code == 403


def test_queues_are_listed_with_what_waits_in_them(alice, bob, worker, job):
    result_of(job, "pending", task_queue="nightly")
    result_of(job, "pending", task_queue="default")

    stuck, default, slow = alice.get("/api/extras/queues/").json()

    assert (stuck["name"], stuck["waiting"], stuck["is_stuck"], stuck["workers"]) == ("nightly", 1, True, [])
    assert (default["name"], default["waiting"], default["is_stuck"]) == ("default", 1, False)
    assert (default["workers"], slow["name"], slow["oldest"]) == ([str(worker.pk)], "slow", None)
    assert bob.get("/api/extras/queues/").status_code == 403
    page = bob.get(RESULTS, {"task_queue": "nightly"}).json()
    assert [row["task_queue"] for row in page["results"]] == ["nightly"]
