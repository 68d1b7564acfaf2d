"""The list of jobs: grouping, badges, newest runs, load errors, search."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.grants import grant
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard import statuses
from jobyard_server.registry.favourite_models import FavouriteJob
from jobyard_server.registry.favourites import keep_favourite
from jobyard_server.ui.jobs import listing

pytestmark = pytest.mark.django_db
LIST = "/extras/jobs/"
STAR = "/extras/jobs/favourites/"
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


def test_a_module_says_in_which_order_its_jobs_stand(as_user, bob):
    module = cast.make_module(cast.local_source(), "example")
    for position, name in ((1, "Audit"), (0, "Zero"), (1, "Brush")):
        cast.make_job(module=module, class_name=name, name=name, position=position)

    page = Page(as_user(bob).get(LIST))

    names = dict.fromkeys(word for word in page.words if word in {"Audit", "Zero", "Brush"})
    assert list(names) == ["Zero", "Audit", "Brush"]


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

    assert not page.all("a", class_="jy-job-run")
    assert "Not run yet" in page.text


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


def names(page):
    return [attrs["href"].split("/")[-2] for attrs in page.all("a") if "/extras/jobs/local/" in attrs["href"]]


@pytest.fixture
def some_jobs(bob, alice):
    """Jobs that differ in everything that the filters know, called by what is special about them."""
    local, git = cast.make_module(cast.local_source()), cast.make_module(cast.git_source(), "audits")
    jobs = {
        name: cast.make_job(module=local, class_name=name, **fields)
        for name, fields in {
            "Plain": {}, "Off": {"enabled": False}, "Quiet": {"hidden": True},
            "Gone": {"installed": False}, "Reader": {"read_only": True}, "Broken": {}, "Mine": {},
            "Tagged": {}, "Marked": {},
        }.items()
    }  # fmt: skip
    cast.make_job(module=git, class_name="Elsewhere")
    jobs["Tagged"].tags.add("Core")
    keep_favourite(bob, jobs["Marked"], wanted=True)
    keep_favourite(alice, jobs["Plain"], wanted=True)
    cast.make_result(jobs["Mine"], user=bob)
    cast.make_result(jobs["Broken"], user=alice, status=statuses.FAILED)
    cast.make_result(jobs["Plain"], user=alice, status=statuses.FAILED, age=timedelta(days=1))
    cast.make_result(jobs["Plain"], user=alice)
    return jobs


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("source=git.netops", []),
        ("state=disabled", ["Off"]),
        ("state=hidden", ["Quiet"]),
        ("state=read-only", ["Reader"]),
        ("state=not-a-state&favourites=1", ["Marked"]),
        ("state=gone", ["Gone"]),
        ("last=failed", ["Broken"]),
        ("last=completed", ["Mine", "Plain"]),
        ("last=never&q=off", ["Off"]),
        ("mine=1", ["Mine"]),
        ("favourites=1", ["Marked"]),
        ("tag=core", ["Tagged"]),
        ("group=example&q=tagged", ["Tagged"]),
        ("group=none", []),
    ],
)
def test_filters_narrow_the_list(as_user, bob, some_jobs, query, found):
    page = Page(as_user(bob).get(f"{LIST}?{query}"))

    assert names(page) == found


def test_the_filter_stays_as_it_was_chosen(as_user, bob, some_jobs):
    page = Page(as_user(bob).get(f"{LIST}?source=git.netops&last=failed&mine=1"))

    assert page.all("option", value="git.netops")[0].get("selected") == ""
    assert page.all("option", value="failed")[0].get("selected") == ""
    assert "checked" in page.field("mine")


def test_a_job_that_runs_now_says_so(as_user, bob):
    job = cast.make_job()
    cast.make_result(job, status=statuses.RUNNING)

    page = Page(as_user(bob).get(LIST))

    assert "Running now" in page.words
    assert page.words.count("Not run yet") == 1  # a choice of the filter
    assert page.all("a", href="/extras/job-results/?status=active&name=local%2Fexample%2FProbe")


def test_the_star_makes_a_favourite_and_takes_it_back(as_user, bob, alice):
    job = cast.make_job()
    browser = as_user(bob)

    answer = browser.post(STAR, {"add": job.pk, "back": f"{LIST}?q=probe"})
    starred = Page(browser.get(LIST)).all("button", class_="jy-star")
    browser.post(STAR, {"remove": job.pk})

    assert answer["Location"] == f"{LIST}?q=probe"
    assert (starred[0]["name"], starred[0]["aria-pressed"]) == ("remove", "true")
    assert not FavouriteJob.objects.exists()


def test_htmx_gets_the_new_star(as_user, bob):
    job = cast.make_job()

    page = Page(as_user(bob).post(STAR, {"add": job.pk}, headers={"HX-Request": "true"}))

    assert page.all("button")[0]["aria-pressed"] == "true"
    assert page.all("button")[0]["hx-swap-oob"] == "true"


@pytest.mark.parametrize("back", ["https://evil.example.com/", "//evil.example.com/", "javascript:alert(1)"])
def test_the_star_leads_nowhere_else(as_user, bob, back):
    answer = as_user(bob).post(STAR, {"add": cast.make_job().pk, "back": back})

    assert answer["Location"] == LIST


def test_a_job_out_of_reach_cannot_be_marked(as_user):
    job = cast.make_job()
    dave = cast.make_user("dave")
    grant(dave, "view_job", constraints={"name": "Other"})

    assert as_user(dave).post(STAR, {"add": job.pk}).status_code == 404
    assert as_user(dave).post(STAR, {"add": "nonsense"}).status_code == 404


def test_a_long_list_comes_in_pages_that_miss_nothing(as_user, bob, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    module = cast.make_module(cast.local_source())
    for letter in "ABCDE":
        cast.make_job(module=module, class_name=letter)
    browser = as_user(bob)

    pages = [Page(browser.get(f"{LIST}?page={number}")) for number in (1, 2, 3, 9, "x")]

    assert [names(page) for page in pages] == [["A", "B"], ["C", "D"], ["E"], ["E"], ["A", "B"]]
    assert "of 5 jobs" in pages[1].text
    assert ["continued" in page.words for page in pages] == [False, True, True, True, False]


def test_the_address_that_htmx_shows_has_no_empty_fields(as_user, bob):
    answer = as_user(bob).get(f"{LIST}?q=&state=&last=failed", headers={"HX-Request": "true"})

    assert answer["HX-Replace-Url"] == f"{LIST}?last=failed"


def test_many_broken_modules_leave_room_for_the_jobs(as_user, bob):
    source = cast.local_source()
    for number in range(13):
        cast.make_module(source, f"m{number:02}", revision=None, load_error=ERROR)

    page = Page(as_user(bob).get(LIST))

    assert "13 modules do not load" in page.text
    assert "10 more" in page.text
    assert page.text.count("NameError") == 10


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

    assert count() == few <= 14


def make_many(number):
    start = cast.Module.objects.count()
    for index in range(start, start + number):
        module = cast.make_module(cast.local_source(), f"m{index}", load_error=ERROR if index % 2 else None)
        cast.make_result(cast.make_job(module=module), user=cast.User.objects.first())
