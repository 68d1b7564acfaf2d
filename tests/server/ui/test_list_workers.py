"""The page of workers, and the parts of a result page that came with live results."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.grants import grant
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


def test_a_queue_in_which_runs_wait_without_a_worker_is_a_warning_with_the_way_out(show):
    cast.make_worker("default")
    oldest = cast.make_result(cast.make_job(), status=statuses.PENDING, task_queue="slow")
    JobResult.objects.filter(pk=oldest.pk).update(created=timezone.now() - timedelta(minutes=5))
    cast.make_result(oldest.job_model, status=statuses.PENDING, task_queue="slow")

    page = show("/extras/workers/")

    assert "2 runs wait in the queue slow , which no worker serves." in page.text
    assert "Start one with jobyard worker --queues slow" in page.text
    assert page.all("a", href="/extras/job-results/?status=pending&queue=slow")
    assert "5 min ago" in page.text


def test_queues_are_those_of_workers_jobs_and_waiting_runs(show, alice):
    cast.make_worker("default", "urgent", "local-1")
    cast.make_job(task_queues=["celery", "nightly"])
    decided = cast.make_job(class_name="Decided", task_queues=["daily"])
    decided.overrides = {"task_queues": ["weekly"]}
    decided.save()

    page = show("/extras/workers/")

    table = page.text.partition("Oldest Workers")[2].partition("process 1")[0]
    names = ("default", "nightly", "urgent", "weekly", "celery", "daily", "local-1")
    assert [name for name in names if f"{name} 0" in table] == ["default", "nightly", "urgent", "weekly"]
    assert "jobyard worker --queues nightly starts one" in table
    assert "which no worker serves" not in page.text


def test_runs_that_nobody_could_take_now_are_not_waiting_in_their_queue(show):
    worker = cast.make_worker("default")
    held = cast.make_result(cast.make_job(), status=statuses.PENDING, worker=worker.pk, task_queue="a")
    cast.make_result(held.job_model, status=statuses.PENDING, cancel_requested=True, task_queue="b")
    cast.make_result(source_model=cast.git_source(), status=statuses.PENDING, task_queue="c")
    cast.make_result(held.job_model, status=statuses.RUNNING, task_queue="d")

    assert "which no worker serves" not in show("/extras/workers/").text


def test_hidden_runs_are_a_number_and_the_names_of_their_queues_are_not_told(client, charlie):
    grant(charlie, "view_component")
    grant(charlie, "view_jobresult", constraints={"user": str(charlie.pk)})
    cast.make_worker("default")
    mine = cast.make_result(cast.make_job(), status=statuses.PENDING, user=charlie)
    cast.make_result(mine.job_model, status=statuses.PENDING)
    cast.make_result(mine.job_model, status=statuses.PENDING, task_queue="hidden-queue")
    client.force_login(charlie)

    text = cast.Page(client.get("/extras/workers/")).text

    assert "default 1 , 1 that you may not see" in text
    assert "hidden-queue" not in text


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
