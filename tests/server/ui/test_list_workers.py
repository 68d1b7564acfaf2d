"""The page of workers, and the parts of a result page that came with live results."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.ui import cast

from jobyard import statuses
from jobyard_server.runs.models import Component, JobResult, OutputFile

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(client, alice):
    client.force_login(alice)
    return lambda address: cast.Page(client.get(address))


def test_a_worker_is_shown_with_its_queues_its_runs_and_its_code(show, alice):
    source = cast.git_source()
    revision = cast.make_revision(source)
    worker = cast.make_worker("urgent", "default")
    Component.objects.filter(pk=worker.pk).update(
        slots=4, revisions=[revision.snapshot_digest], version="1.2.3"
    )
    run = cast.make_result(
        cast.make_job(), status=statuses.RUNNING, worker=worker.pk, claimed_at=timezone.now()
    )

    page = show("/extras/workers/")

    assert "1 of 4 at once" in page.text
    assert "urgent , default" in page.text
    assert "jobyard 1.2.3" in page.text
    assert page.all("code", title=revision.identifier)
    assert page.all("a", href=f"/extras/jobs/results/{run.pk}/")
    assert "Alive" in page.text


def test_a_worker_without_a_sign_of_life_is_marked(show, settings):
    worker = cast.make_worker()
    Component.objects.filter(pk=worker.pk).update(heartbeat_at=timezone.now() - timedelta(hours=1))

    assert "No sign of life" in show("/extras/workers/").text


def test_without_a_worker_the_page_says_what_to_do(show):
    assert "There is no worker." in show("/extras/workers/").text


def test_a_result_shows_its_files_and_where_it_came_from(show):
    result = cast.make_result(
        cast.make_job(),
        executed_by={"host": "worker-7", "pid": 42, "version": "1.2.3"},
        request={"META": {"REMOTE_ADDR": "192.0.2.9"}},
    )
    file = OutputFile.objects.create(job_result=result, number=1, name="<b>.csv", size=2048, is_complete=True)

    page = show(f"/extras/jobs/results/{result.pk}/")

    assert page.all("a", href=f"/api/extras/job-results/{result.pk}/files/{file.pk}/")
    assert "<b>.csv" in page.text
    assert "worker-7, process 42, jobyard 1.2.3" in page.text
    assert "from 192.0.2.9" in page.text
    assert page.all("a", href=f"/api/extras/job-results/{result.pk}/logs.csv")


def test_a_log_is_searched_and_a_line_has_a_link(show):
    result = cast.make_result(cast.make_job())
    cast.log(result, [f"row-{number}." for number in range(60)])

    found = show(f"/extras/jobs/results/{result.pk}/?q=ROW-5.")
    around = show(f"/extras/jobs/results/{result.pk}/?line=40")

    assert [attrs["id"] for attrs in found.all("li") if attrs.get("id", "").startswith("line-")] == ["line-6"]
    assert found.all("a", href=f"/api/extras/job-results/{result.pk}/logs.txt?q=ROW-5.")
    assert next(attrs["id"] for attrs in around.all("li") if "id" in attrs) == "line-20"
    assert around.all("a", href="?line=40#line-40")


def test_a_run_is_repeated_from_its_page(client, alice):
    client.force_login(alice)
    cast.make_worker()
    result = cast.make_result(cast.make_job(), has_sensitive_variables=False)

    answer = client.post(f"/extras/jobs/results/{result.pk}/again/", {"revision": "latest"})

    newest = JobResult.objects.exclude(pk=result.pk).get()
    assert (answer.status_code, answer["Location"]) == (302, f"/extras/jobs/results/{newest.pk}/")


def test_what_cannot_be_repeated_is_explained(client, alice):
    client.force_login(alice)
    result = cast.make_result(cast.make_job(), has_sensitive_variables=True)

    answer = client.post(f"/extras/jobs/results/{result.pk}/again/", {"revision": "same"}, follow=True)

    assert "It was not started: The inputs of this run were not kept" in cast.Page(answer).text
