"""The list of jobs: grouping, badges, newest runs, load errors, search."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard import statuses

pytestmark = pytest.mark.django_db
LIST = "/extras/jobs/"
ERROR = {"commit": "4be1c09f2a77aaaa", "path": "jobs/audits.py", "line": 42, "message": "NameError: name 'x'"}


def headings(page):
    return [word for word in page.words if word in {"alpha", "Beta", "gamma"}]


def test_jobs_stand_under_their_headings_without_regard_to_case(as_user, bob):
    for name in ("gamma", "Beta", "alpha"):
        module = cast.make_module(cast.local_source(), f"module_{name}", grouping=name)
        cast.make_job(module=module, class_name=f"Job{name}")

    page = Page(as_user(bob).get(LIST))

    assert headings(page) == ["alpha", "Beta", "gamma"]
    assert "local/module_alpha" in page.text


def test_modules_with_one_name_share_a_heading_and_are_both_told(as_user, bob):
    for source, name in ((cast.local_source(), "one"), (cast.git_source(), "two")):
        cast.make_job(module=cast.make_module(source, name, grouping="Audits"), class_name="Check")

    page = Page(as_user(bob).get(LIST))

    assert page.words.count("Audits") == 1
    assert "local/one , git.netops/two" in page.text


def test_a_job_shows_its_name_path_and_the_first_line_of_its_description(as_user, bob):
    cast.make_job(name="Count ports", description="Counts **all** ports.\n\nVery long story.")

    page = Page(as_user(bob).get(LIST))

    assert "Count ports" in page.text
    assert page.all("a", href="/extras/jobs/local/example/Probe/")
    assert "Counts all ports." in page.text
    assert "Very long story" not in page.text


def test_badges_tell_what_is_special(as_user, bob):
    module = cast.make_module(cast.local_source(), load_error=ERROR)
    cast.make_job(module=module, read_only=True, enabled=False)

    page = Page(as_user(bob).get(LIST))

    for badge in ("read-only", "disabled", "last good version"):
        assert badge in page.words


def test_the_newest_ended_run_is_summed_up(as_user, bob):
    job = cast.make_job()
    cast.make_result(job, age=timedelta(hours=5), counters=[cast.counters(success=77)])
    newest = cast.make_result(
        job,
        status=statuses.FAILED,
        age=timedelta(hours=1),
        counters=[cast.counters("run", success=2), cast.counters("test_x", success=1, failure=4)],
    )
    cast.make_result(job, status=statuses.RUNNING, age=timedelta(seconds=1))

    page = Page(as_user(bob).get(LIST))

    assert page.all("a", href=f"/extras/jobs/results/{newest.pk}/")
    assert "Failed" in page.words
    assert {attrs["title"] for attrs in page.all("span") if "title" in attrs} == {"3 success", "4 failure"}


def test_results_stay_hidden_from_whoever_may_not_see_them(as_user):
    cast.make_result(cast.make_job())
    reader = cast.make_user("dave", "view_job")

    page = Page(as_user(reader).get(LIST))

    assert "Completed" not in page.text


def test_a_module_that_does_not_load_tells_file_line_and_traceback(as_user, bob):
    error = {**ERROR, "traceback": "Traceback (most recent call last):\n  jobs/audits.py:42"}
    cast.make_module(cast.git_source(), "audits", revision=None, load_error=error)

    page = Page(as_user(bob).get(LIST))

    assert "1 module does not load" in page.text
    assert "jobs/audits.py:42 at 4be1c09f2a77" in page.text
    assert "NameError: name 'x'" in page.text
    assert "Traceback (most recent call last)" in page.text


def test_jobs_that_are_gone_are_not_listed(as_user, bob):
    cast.make_job(name="Gone", installed=False)

    assert "Gone" not in Page(as_user(bob).get(LIST)).text


def test_hidden_jobs_are_listed_when_asked_for(as_user, bob):
    cast.make_job(name="Nightly", hidden=True)
    browser = as_user(bob)

    without, with_hidden = Page(browser.get(LIST)), Page(browser.get(LIST + "?hidden=1"))

    assert "Nightly" not in without.text
    assert "1 hidden job not listed" in without.text
    assert "Nightly" in with_hidden.text


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("PORTS", True),
        ("example/pro", True),
        ("story", True),
        ("count ports", True),
        ("count nothing", False),
    ],
)
def test_the_search_looks_at_names_paths_and_descriptions(as_user, bob, search, found):
    cast.make_job(name="Count ports", description="A long story")

    page = Page(as_user(bob).get(LIST, {"q": search}))

    assert ("Count ports" in page.text) is found
    assert page.field("q")["value"] == search


def test_htmx_gets_the_list_alone_and_caches_know(as_user, bob):
    cast.make_job(name="Count ports")

    response = as_user(bob).get(LIST, {"q": "ports"}, headers={"HX-Request": "true"})

    page = Page(response)
    assert not page.all("html")
    assert "1 job found" in page.text
    assert "HX-Request" in response.headers["Vary"]


def test_an_empty_list_says_what_to_do(as_user, bob):
    assert "There are no jobs yet." in Page(as_user(bob).get(LIST)).text
    assert "No job matches “zebra”." in Page(as_user(bob).get(LIST + "?q=zebra")).text


def test_the_number_of_queries_does_not_grow_with_the_jobs(as_user, bob):
    browser = as_user(bob)

    def count():
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(LIST).status_code == 200
        return len(queries)

    make_many(1)
    few = count()
    make_many(15)

    assert count() == few <= 11


def make_many(number):
    start = cast.Module.objects.count()
    for index in range(start, start + number):
        module = cast.make_module(cast.local_source(), f"m{index}", load_error=ERROR if index % 2 else None)
        cast.make_result(cast.make_job(module=module), user=cast.User.objects.first())
