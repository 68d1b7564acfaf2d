"""The list of all results: newest first, filters, pages by keyset."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard import statuses
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.keyset import newest_first

pytestmark = pytest.mark.django_db
LIST = "/extras/job-results/"


def make_named(*names, **fields):
    for minutes, name in enumerate(names):
        cast.make_result(name=name, age=timedelta(minutes=minutes), **fields)


def names(page):
    return [word for word in page.words if word.startswith("n-")]


def test_the_newest_come_first_syncs_included(as_user, bob):
    make_named("n-a", "n-b")
    cast.make_result(source_model=cast.git_source(), name="n-sync", age=timedelta(hours=1))

    page = Page(as_user(bob).get(LIST))

    assert names(page) == ["n-a", "n-b", "n-sync"]
    assert "sync" in page.words


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=failed", ["n-bad"]),
        ("status=active", ["n-live"]),
        ("name=BAD", ["n-bad"]),
        ("status=completed&name=bad", []),
        ("status=nonsense", ["n-live", "n-bad"]),
        ("queue=slow", ["n-bad"]),
        ("queue=other", []),
        ("queue=%00", ["n-live", "n-bad"]),
    ],
)
def test_results_are_filtered_by_status_name_and_queue(as_user, bob, query, found):
    cast.make_result(name="n-bad", status=statuses.FAILED, task_queue="slow")
    cast.make_result(name="n-live", status=statuses.RUNNING, age=timedelta(seconds=1))

    assert names(Page(as_user(bob).get(f"{LIST}?{query}"))) == found


def test_pages_lead_on_and_keep_the_filter(as_user, bob):
    make_named(*[f"n-{number:03}" for number in range(120)])
    browser = as_user(bob)

    first = Page(browser.get(LIST + "?name=n-"))
    second = Page(browser.get(LIST + first.all("a", rel="next")[0]["href"]))
    third = Page(browser.get(LIST + second.all("a", rel="next")[0]["href"]))
    back = Page(browser.get(LIST + third.all("a", rel="prev")[0]["href"]))

    assert [names(page)[0] for page in (first, second, third)] == ["n-000", "n-050", "n-100"]
    assert not first.all("a", rel="prev")
    assert not third.all("a", rel="next")
    assert names(back) == names(second)
    assert "name=n-" in first.all("a", rel="next")[0]["href"]


def test_results_of_one_moment_are_neither_lost_nor_doubled(db):
    make_named(*"abcdefg")
    JobResult.objects.update(created=JobResult.objects.first().created)
    everything, seen, cursor = JobResult.objects.all(), [], ""

    while True:
        page = newest_first(everything, {"before": cursor}, size=2)
        seen += [row.pk for row in page.rows]
        if not page.older:
            break
        cursor = page.older

    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize("cursor", ["x", "1-2", "9" * 40 + "-" + "0" * 32, "-", "1e5-" + "0" * 32])
def test_cursors_that_make_no_sense_show_the_first_page(as_user, bob, cursor):
    make_named("n-a")

    assert names(Page(as_user(bob).get(LIST, {"before": cursor, "after": cursor}))) == ["n-a"]


def test_empty_lists_say_what_they_are(as_user, bob):
    assert "Nothing ran yet." in Page(as_user(bob).get(LIST)).text
    assert "No result matches." in Page(as_user(bob).get(LIST + "?name=x")).text


def test_the_number_of_queries_does_not_grow_with_the_results(as_user, bob):
    job, browser = cast.make_job(), as_user(bob)

    def count():
        with CaptureQueriesContext(connection) as queries:
            browser.get(LIST)
        return len(queries)

    cast.make_result(job, user=bob)
    few = count()
    for _ in range(10):
        cast.make_result(job, user=bob)

    assert count() == few <= 6
