"""The piece of the result page that htmx fetches while a run goes on."""

from __future__ import annotations

import pytest
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard import statuses
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def result(db):
    return cast.make_result(cast.make_job(), status=statuses.RUNNING, counters=[cast.counters(info=2)])


@pytest.fixture
def poll(as_user, bob, result):
    browser = as_user(bob)

    def fetch(**query):
        response = browser.get(
            f"/extras/jobs/results/{result.pk}/log/", query, headers={"HX-Request": "true"}
        )
        return response, Page(response)

    return fetch


def rows(page):
    return [word for word in page.words if word.startswith("row-")]


def end(result, **fields):
    JobResult.objects.filter(pk=result.pk).update(
        status=statuses.COMPLETED, completed=result.created, **fields
    )


def test_only_new_rows_come(poll, result):
    cast.log(result, ["row-1.", "row-2.", "row-3."])

    response, page = poll(after=2, shown=2, status="running")

    assert response.status_code == 200
    assert rows(page) == ["row-3."]
    assert page.all("ol", id="log-rows", hx_swap_oob="beforeend")
    assert page.all("div", id="log-poll")[0]["hx-get"].endswith("?after=3&shown=3&status=running")


def test_without_new_rows_the_place_is_kept(poll, result):
    cast.log(result, ["row-0."], start=0)

    _, page = poll(after=0, shown=1, status="running")

    assert rows(page) == []
    assert "after=0&" in page.all("div", id="log-poll")[0]["hx-get"]


def test_a_heading_comes_only_when_the_group_changes(poll, result):
    cast.log(result, ["row-1.", "row-2."])
    cast.log(result, ["row-3."], start=3, grouping="test_x")

    assert len(poll(after=0)[1].all("h3")) == 2
    assert len(poll(after=1)[1].all("h3")) == 1
    assert len(poll(after=3)[1].all("h3")) == 0


def test_the_head_is_always_renewed_the_rest_only_with_the_status(poll):
    _, same = poll(after=-1, status="running")
    _, changed = poll(after=-1, status="pending")

    assert same.all("section", id="run-facts", hx_swap_oob="true")
    assert not same.all("div", id="run-actions")
    assert changed.all("div", id="run-actions", hx_swap_oob="true")
    assert changed.all("p", id="run-announcement", hx_swap_oob="innerHTML")


def test_the_last_answer_ends_the_polling(poll, result):
    cast.log(result, ["row-1."])
    end(result, output="\nall done")

    response, page = poll(after=0, status="running")

    assert response.status_code == 286
    assert rows(page) == ["row-1."]
    assert page.all("div", id="log-poll") == [{"id": "log-poll"}]
    assert page.all("div", id="run-output", hx_swap_oob="true")
    assert "all done" in page.words


def test_an_ended_run_goes_on_until_all_rows_were_sent(poll, result):
    cast.log(result, [f"row-{number}." for number in range(700)])
    end(result)

    first, page = poll(after=0)
    last, _ = poll(after=500, shown=500)

    assert first.status_code == 200
    assert len(rows(page)) == 500
    assert page.all("div", id="log-poll")[0]["hx-trigger"] == "load delay:50ms"
    assert last.status_code == 286


def test_a_page_that_grew_long_starts_anew_with_the_last_rows(poll, result):
    """Ten thousand rows in a browser would make it slow; the earlier ones are one link away."""
    cast.log(result, [f"row-{number}." for number in range(2600)], start=0)

    _, page = poll(after=2099, shown=2000)

    assert page.all("ol", id="log-rows", hx_swap_oob="innerHTML")
    assert (rows(page)[0], rows(page)[-1]) == ("row-2100.", "row-2599.")
    assert page.all("nav", id="log-earlier", hx_swap_oob="true")
    assert page.all("a", href="?before=2100", rel="prev")
    assert "shown=500&" in page.all("div", id="log-poll")[0]["hx-get"]


def test_a_filter_goes_along(poll, result):
    cast.log(result, ["row-1."])
    cast.log(result, ["row-2."], start=2, log_level="failure")

    _, page = poll(after=0, level="failure", group="run")

    assert rows(page) == ["row-2."]
    assert "?group=run&level=failure&after=2" in page.all("div", id="log-poll")[0]["hx-get"]


def test_whoever_may_not_see_the_result_gets_no_rows(client, charlie, result):
    client.force_login(charlie)

    assert client.get(f"/extras/jobs/results/{result.pk}/log/").status_code == 403


def test_the_counters_of_a_run_are_there_before_it_begins(as_user, bob):
    """They used to push the log down when the first row came."""
    job = cast.make_job(has_run=True, test_methods=["test_a"])
    waiting = cast.make_result(job, status=statuses.PENDING)

    page = Page(as_user(bob).get(f"/extras/jobs/results/{waiting.pk}/"))

    assert page.all("a", href="?group=run")
    assert page.all("a", href="?group=test_a")


def test_progress_comes_with_the_rows(poll, result):
    JobResult.objects.filter(pk=result.pk).update(progress={"done": 3, "total": 10, "message": "racks"})

    _, page = poll(after=-1, status="running")

    assert page.all("progress", max="10", value="3")
    assert "3 of 10 · racks" in page.text
