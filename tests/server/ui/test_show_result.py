"""The page of one result: head, counters, log, output, and what can be done."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard import statuses
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db


def address(result, query=""):
    return f"/extras/jobs/results/{result.pk}/{query}"


@pytest.fixture
def show(as_user, bob):
    return lambda result, query="": Page(as_user(bob).get(address(result, query)))


def test_the_head_tells_status_reason_mode_and_code(show, bob):
    job = cast.make_job(name="Count ports")
    result = cast.make_result(
        job,
        status=statuses.FAILED,
        status_reason=statuses.FAILURE_LOGGED,
        user=bob,
        commit=False,
        origin={"type": "git", "name": "netops", "commit": "4be1c09f2a77d3e0", "path": "jobs/a.py"},
    )

    page = show(result)

    assert "Failed" in page.words
    assert "At least one failure was logged. Dry run: nothing was kept." in page.text
    assert "Started by bob" in page.text
    assert "Mode Dry run" in page.text
    assert "netops 4be1c09f2a77" in page.text
    assert "Duration 2.00 s" in page.text
    assert page.all("a", href="/extras/jobs/local/example/Probe/")


@pytest.mark.parametrize(
    ("committed", "sentence"),
    [(True, "Its changes were committed."), (False, "None of its changes were kept.")],
)
def test_a_commit_run_tells_what_became_of_its_changes(show, committed, sentence):
    assert sentence in show(cast.make_result(cast.make_job(), data_committed=committed)).text


def test_counters_are_shown_by_group_and_lead_to_their_rows(show):
    groups = [cast.counters("run", success=3), cast.counters("test_a & b", failure=2, success=1)]

    page = show(cast.make_result(cast.make_job(), counters=groups))

    assert "run 3 0 0 0 test_a & b 1 0 0 2 total 4 0 0 2" in page.text
    assert page.all("a", href="?group=test_a%20%26%20b&level=failure")


def test_rows_stand_under_their_groups_in_the_order_of_the_calls(show):
    result = cast.make_result(cast.make_job())
    cast.log(result, ["one", "two"])
    cast.log(result, ["three"], start=3, grouping="test_x", log_level="failure", log_object="sw1")

    page = show(result)

    assert len(page.all("li", class_="jy-log-row jy-level-info")) == 2
    assert len(page.all("li", class_="jy-log-row jy-level-failure")) == 1
    order = [word for word in page.words if word in {"run", "one", "two", "test_x", "sw1", "three"}]
    assert order == ["run", "one", "two", "test_x", "sw1", "three"]


def test_messages_are_markdown_and_none_is_an_empty_cell(show):
    result = cast.make_result(cast.make_job())
    cast.log(result, ["**bold** and\nnext line", "None"])

    page = show(result)

    assert "bold" in page.words
    assert page.all("strong")
    assert page.all("br")
    assert "None" not in page.words


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("/dcim/devices/1/", True),
        ("https://example.com/x", True),
        ("javascript:alert(1)", False),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("data:text/html,x", False),
        (None, False),
    ],
)
def test_objects_are_linked_only_to_harmless_addresses(show, url, is_link):
    result = cast.make_result(cast.make_job())
    cast.log(result, ["x"], log_object="switch 1", absolute_url=url)

    page = show(result)

    assert "switch 1" in page.words
    assert bool(page.all("a", href=url or "")) is is_link


def test_the_output_is_preformatted_and_a_download(show, as_user, bob):
    result = cast.make_result(cast.make_job(), output="\nname,make\n<b>,x")

    page = show(result)
    download = as_user(bob).get(address(result) + "output/")

    assert "name,make\n<b>,x" in page.words
    assert download.content.decode() == "\nname,make\n<b>,x"
    assert download.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert download.headers["Content-Disposition"].startswith("attachment")
    assert download.headers["Content-Security-Policy"] == "sandbox"


def test_an_empty_output_is_not_shown(show):
    assert "Output" not in show(cast.make_result(cast.make_job(), output="")).words


def test_console_text_loses_what_a_terminal_would_obey(show):
    text = "\x1b[31mred\x1b[0m \x1b]0;title\x07plain \x1b]8;;http://evil/\x07link"

    page = show(cast.make_result(cast.make_job(), console=text))

    assert "red plain link" in page.words


def test_an_ended_result_does_not_ask_again(show):
    page = show(cast.make_result(cast.make_job()))

    assert not any("hx-get" in attrs for _, attrs in page.elements)


def test_a_live_result_asks_for_new_rows_and_works_without_scripts(show):
    result = cast.make_result(cast.make_job(), status=statuses.RUNNING)
    cast.log(result, ["one", "two"], start=4)

    page = show(result)

    poll = page.all("div", id="log-poll")[0]
    assert poll["hx-get"] == f"/extras/jobs/results/{result.pk}/log/?after=5&shown=2&status=running"
    assert poll["hx-trigger"] == "jychange, every 15s"
    assert page.all("div", role="log", aria_live="polite")
    assert page.all("noscript")
    assert page.all("a", href=f"/extras/jobs/results/{result.pk}/?last=1")


def test_a_waiting_run_tells_that_no_worker_serves_its_queue_and_how_to_start_one(show):
    result = cast.make_result(cast.make_job(), status=statuses.PENDING, task_queue="slow")

    text = show(result).text

    assert "It waits for a worker of the queue slow; none serves it now." in text
    assert "Start one with jobyard worker --queues slow" in text


def test_a_waiting_run_tells_that_all_workers_are_busy(show):
    cast.make_worker("slow")
    result = cast.make_result(cast.make_job(), status=statuses.PENDING, task_queue="slow")

    assert "It waits for a free worker of the queue slow." in show(result).text


def test_a_run_that_is_held_or_shall_stop_waits_for_no_worker(show):
    job = cast.make_job()
    held = cast.make_result(job, status=statuses.PENDING, worker=cast.make_worker("x").pk)
    stopping = cast.make_result(
        job, status=statuses.PENDING, cancel_requested=True, cancel_requested_by="bob"
    )

    assert "waits for" not in show(held).text
    assert "waits for" not in show(stopping).text
    assert "bob asked it to stop." in show(stopping).text


def test_progress_is_shown_while_it_runs(show):
    progress = {"done": 3, "total": 10, "message": "3 of 10"}

    page = show(cast.make_result(cast.make_job(), status=statuses.RUNNING, progress=progress))

    assert page.all("progress", max="10", value="3")
    assert "3 of 10" in page.text


@pytest.fixture
def long_log(db):
    result = cast.make_result(cast.make_job(), counters=[cast.counters(info=1200)])
    cast.log(result, [f"row-{number}." for number in range(1200)], start=0)
    return result


def rows(page):
    return [word for word in page.words if word.startswith("row-")]


def test_a_long_log_is_read_page_by_page(show, long_log):
    first = show(long_log)
    second = show(long_log, "?after=499")
    back = show(long_log, "?before=500")
    last = show(long_log, "?last=1")

    assert (rows(first)[0], rows(first)[-1], len(rows(first))) == ("row-0.", "row-499.", 500)
    assert first.all("a", href="?after=499", rel="next")
    assert (rows(second)[0], rows(second)[-1]) == ("row-500.", "row-999.")
    assert second.all("a", href="?before=500", rel="prev")
    assert rows(back) == rows(first)
    assert (rows(last)[0], rows(last)[-1]) == ("row-700.", "row-1199.")
    assert "1200" in first.words


def test_a_page_of_a_long_log_is_few_queries(as_user, bob, long_log):
    browser = as_user(bob)

    with CaptureQueriesContext(connection) as queries:
        browser.get(address(long_log, "?after=499"))

    assert len(queries) <= 10


def test_rows_can_be_filtered_by_group_and_level(show):
    result = cast.make_result(cast.make_job())
    cast.log(result, ["row-a."])
    cast.log(result, ["row-b."], start=2, grouping="test_x", log_level="failure")
    cast.log(result, ["row-c."], start=3, grouping="test_x")

    assert rows(show(result, "?group=test_x&level=failure")) == ["row-b."]
    assert "Only failure rows of test_x ." in show(result, "?group=test_x&level=failure").text
    assert "No row matches." in show(result, "?group=nothing").text


@pytest.mark.parametrize(
    "query", ["?after=x", "?before=-5", "?after=99999999999999999999999", "?level=<b>", "?after=٣"]
)
def test_addresses_that_make_no_sense_do_no_harm(as_user, bob, query):
    result = cast.make_result(cast.make_job())
    cast.log(result, ["one"])

    assert as_user(bob).get(address(result, query)).status_code == 200


def test_run_again_fills_the_form_with_the_same_inputs(show):
    result = cast.make_result(cast.make_job())

    assert show(result).all("a", href=f"/extras/jobs/local/example/Probe/?kwargs_from_job_result={result.pk}")


def test_results_outlive_their_jobs(show):
    result = cast.make_result(name="git.gone/devices/Check", origin={"name": "gone", "commit": "ab" * 20})

    page = show(result)

    assert "git.gone/devices/Check" in page.text
    assert "Run again" not in page.text


def test_a_sync_shows_its_repository_instead_of_a_job(as_user, alice):
    source = cast.git_source()
    result = cast.make_result(source_model=source, name="Netops", status=statuses.ERRORED)

    page = Page(as_user(alice).get(address(result)))

    assert page.all("a", href="/extras/git-repositories/netops/")
    assert "Mode" not in page.words
    assert "Cancel" not in page.words


# Cancel


def cancel(browser, result):
    return browser.post(address(result) + "cancel/")


def test_whoever_started_a_run_can_cancel_it(as_user, bob):
    result = cast.make_result(cast.make_job(), status=statuses.PENDING, user=bob)

    response = cancel(as_user(bob), result)

    assert response.url == address(result)
    assert JobResult.objects.get().status == statuses.CANCELLED


def test_somebody_elses_run_is_not_cancelled_without_the_permission(as_user, bob, alice):
    result = cast.make_result(cast.make_job(), status=statuses.RUNNING, user=alice)

    assert cancel(as_user(bob), result).status_code == 403
    assert JobResult.objects.get().cancel_requested is False
    assert "Cancel" not in Page(as_user(bob).get(address(result))).words


def test_whoever_may_change_results_can_cancel_any_run(as_user, alice, bob):
    result = cast.make_result(cast.make_job(), status=statuses.RUNNING, user=bob)

    cancel(as_user(alice), result)

    page = Page(as_user(alice).get(address(result)))
    assert "alice asked it to stop; if it has not within 30 s, it is killed." in page.text
    assert "Cancelling" in page.words


def test_a_run_that_has_ended_meanwhile_is_left_alone(as_user, bob):
    result = cast.make_result(cast.make_job(), user=bob)

    response = as_user(bob).post(address(result) + "cancel/", follow=True)

    assert "There was nothing to cancel: the run had ended already." in Page(response).text


def test_cancelling_needs_a_post(as_user, bob):
    result = cast.make_result(cast.make_job(), status=statuses.RUNNING, user=bob)

    assert as_user(bob).get(address(result) + "cancel/").status_code == 405


def test_the_other_address_of_a_result_leads_to_its_page(as_user, bob):
    result = cast.make_result(cast.make_job())

    assert as_user(bob).get(f"/extras/job-results/{result.pk}/").url == address(result)
    narrowed = as_user(bob).get(f"/extras/job-results/{result.pk}/?level=failure&q=a%20b").url
    assert narrowed == address(result) + "?level=failure&q=a%20b"


def test_a_cancelled_run_says_who_cancelled_it(show):
    page = show(
        cast.make_result(
            cast.make_job(),
            status=statuses.CANCELLED,
            status_reason=statuses.CANCELLED_BY_USER,
            cancel_requested=True,
            cancel_requested_by="carol",
        )
    )

    assert "carol cancelled it." in page.text


def test_an_old_result_shows_a_date(show):
    result = cast.make_result(cast.make_job(), age=timedelta(days=90))

    assert f"{result.created:%Y-%m-%d}" in show(result).words


def test_an_ended_run_leads_to_what_it_left(show):
    groups = [cast.counters("run", success=3), cast.counters("test_x", failure=2)]
    page = show(cast.make_result(cast.make_job(), output="text", counters=groups), "?group=test_x")

    links = [attrs["href"] for attrs in page.all("a") if attrs.get("href", "").endswith("-title")]
    assert links == ["#output-title", "#log-title"]
    assert page.all("h2", id="output-title")
    assert page.field("group")["id"] == "log-group"


def test_the_head_tells_the_exception_that_ended_a_run_and_leads_to_it(show):
    result = cast.make_result(
        cast.make_job(),
        status=statuses.ERRORED,
        status_reason=statuses.EXCEPTION,
        data_committed=False,
        counters=[cast.counters(failure=3)],
    )
    cast.log(result, ["bad port", "worse port"], log_level="failure")
    cast.log(
        result,
        ["An exception occurred: `OSError: no answer`\n```\nTraceback\n```"],
        start=3,
        log_level="failure",
    )

    page = show(result)

    assert "An exception ended the job. None of its changes were kept." in page.text
    assert "An exception occurred: OSError: no answer and 2 more failures" in page.text
    assert page.all("a", href="?line=3#line-3")
    assert page.all("a", href="?level=failure#log-title")


def test_the_head_tells_the_first_failure_of_a_run_that_failed(show):
    result = cast.make_result(cast.make_job(), status=statuses.FAILED, counters=[cast.counters(failure=2)])
    cast.log(
        result, ["has **no** contact" + "!" * 400, "second"], log_level="failure", log_object="<i>ams01</i>"
    )

    page = show(result)

    assert "<i>ams01</i>: has no contact!!!" in page.text
    assert "!…" in page.text
    assert "and 1 more failure" in page.text


def test_a_run_without_failures_tells_of_none(show):
    result = cast.make_result(cast.make_job())
    cast.log(result, ["odd"], log_level="failure")

    assert not any(attrs.get("class") == "jy-run-trouble" for _, attrs in show(result).elements)


def test_the_inputs_of_a_run_are_shown_under_their_labels(show):
    job = cast.make_job(
        cast.variable("StringVar", "who", label="Whom"), cast.variable("StringVar", "key", secret=True)
    )
    result = cast.make_result(job, inputs={"who": "<b>you</b>", "key": "hunter2"})

    page = show(result)

    assert "Inputs Whom <b>you</b>" in page.text
    assert "hunter2" not in page.text


def test_inputs_that_were_not_kept_are_told_to_be_so(show):
    job = cast.make_job(cast.variable("StringVar", "who"), has_sensitive_variables=True)
    result = cast.make_result(job, has_sensitive_variables=True, inputs={"who": "hunter2"})

    page = show(result)

    assert "They were not kept, because they may be sensitive." in page.text
    assert "hunter2" not in page.text


def test_the_code_of_a_run_is_a_link_for_those_who_may_see_its_source(client, alice):
    source = cast.git_source()
    revision = cast.make_revision(source)
    result = cast.make_result(
        cast.make_job(), revision=revision, origin={"name": "git.netops", "commit": revision.identifier}
    )
    dave = cast.make_user("dave", "view_jobresult")

    def links(user):
        client.force_login(user)
        return Page(client.get(result.get_absolute_url())).all("a", href=f"/extras/revisions/{revision.pk}/")

    assert links(alice)
    assert not links(dave)
