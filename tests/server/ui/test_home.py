"""The first page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard import statuses
from jobyard_server.registry.favourites import keep_favourite
from jobyard_server.registry.history_models import PUBLISHED, WAITING, HeldPush, RevisionEvent
from jobyard_server.registry.models import Source
from jobyard_server.ui.home import newest

pytestmark = pytest.mark.django_db


def home(browser):
    return Page(browser.get("/"))


def test_while_there_is_no_job_the_page_shows_how_to_begin(as_user, alice):
    page = home(as_user(alice))

    assert f"{settings.JOBYARD['JOBS_ROOT']}/hello.py" in page.words
    assert "class Hello(Job):" in page.text
    assert page.all("a", href="/extras/git-repositories/add/")


def test_the_guide_offers_nothing_that_is_not_permitted(as_user, bob):
    page = home(as_user(bob))

    assert not page.all("a", href="/extras/git-repositories/add/")
    assert "extras.add_gitrepository" in page.text


def test_the_guide_goes_when_there_is_a_job(as_user, alice):
    cast.make_job()

    assert "Your first job" not in home(as_user(alice)).text


def test_what_runs_and_what_failed_is_listed(as_user, bob):
    job = cast.make_job(name="Count ports")
    running = cast.make_result(job, status=statuses.RUNNING, age=timedelta(seconds=3))
    failed = cast.make_result(job, status=statuses.FAILED)
    cast.make_result(job)
    cast.make_result(job, status=statuses.ERRORED, age=timedelta(days=newest.DAYS + 1))

    page = home(as_user(bob))

    results = [attrs["href"] for attrs in page.all("a") if "/extras/jobs/results/" in attrs["href"]]
    assert results == [running.get_absolute_url(), failed.get_absolute_url()]


def test_while_nothing_ran_the_page_offers_jobs_to_begin_with(as_user, bob):
    first = cast.make_job(name="Count ports", description="Counts **all** ports.")
    cast.make_job(class_name="Off", enabled=False)
    cast.make_job(class_name="Hidden", hidden=True)
    cast.make_result(source_model=cast.git_source())  # a sync is no run

    page = home(as_user(bob))

    assert "Run your first job" in page.text
    assert "Counts all ports." in page.text
    assert [attrs["href"] for attrs in page.all("a", class_="btn btn-primary")] == [
        f"/extras/jobs/{first.class_path}/"
    ]
    assert "Nothing failed" not in page.text


def test_the_offer_goes_with_the_first_run_and_is_for_those_who_may_run(as_user, bob):
    job = cast.make_job()
    dave = cast.make_user("dave", "view_job", "view_jobresult")

    assert "Run your first job" not in home(as_user(dave)).text
    assert "Run your first job" in home(as_user(bob)).text
    cast.make_result(job, status=statuses.RUNNING)
    assert "Run your first job" not in home(as_user(bob)).text


def test_ones_own_last_runs_are_at_hand(as_user, bob, alice):
    job = cast.make_job()
    mine = [cast.make_result(job, user=bob, age=timedelta(hours=n)) for n in range(1, newest.OWN + 3)]
    failed = cast.make_result(job, user=bob, status=statuses.FAILED)
    cast.make_result(job, user=alice)

    page = home(as_user(bob))

    results = [attrs["href"] for attrs in page.all("a") if "/extras/jobs/results/" in attrs["href"]]
    assert results == [run.get_absolute_url() for run in (failed, *mine[: newest.OWN])]  # each once


def test_parts_without_news_say_so(as_user, bob, alice):
    cast.make_result(cast.make_job(), user=alice)

    page = home(as_user(bob))

    assert "Nothing runs now." in page.text
    assert "Nothing failed in the last 7 days." in page.text
    assert "The star beside a job" in page.text


def publish(source, message):
    revision = cast.make_revision(source, message=message, author="Alice")
    RevisionEvent.objects.create(
        source=source, revision=revision, kind=PUBLISHED, changes={"added": ["local/a/A", "local/a/B"]}
    )


def test_what_was_published_lately_is_told_to_those_who_may_see_its_source(as_user, bob):
    cast.make_job()
    publish(cast.local_source(), "Count faster")
    publish(cast.git_source(), "Secret plans")
    dave = cast.make_user("dave", "view_job")

    page, of_dave = home(as_user(bob)), home(as_user(dave))

    assert "Count faster" in page.words
    assert "Secret plans" in page.words
    assert "2 added" in page.text
    assert "Count faster" in of_dave.words
    assert "Secret plans" not in of_dave.text


def test_favourites_are_at_hand_while_they_may_be_seen(as_user, bob):
    job = cast.make_job(name="Count ports")
    keep_favourite(bob, job, wanted=True)
    dave = cast.make_user("dave", "view_jobresult")
    keep_favourite(dave, job, wanted=True)

    assert "Count ports" in home(as_user(bob)).words
    assert "Count ports" not in home(as_user(dave)).text


def test_the_page_is_bounded_in_lines_and_queries(as_user, bob, django_assert_max_num_queries):
    source = cast.local_source()
    for number in range(12):
        module = cast.make_module(source, f"m{number}", load_error={"message": "NameError: x"})
        job = cast.make_job(module=module)
        keep_favourite(bob, job, wanted=True)
        publish(source, f"Push {number}")
        for status in (statuses.RUNNING, statuses.FAILED):
            cast.make_result(job, status=status, user=bob)
    browser = as_user(bob)

    with django_assert_max_num_queries(18):
        page = home(browser)

    assert len(page.all("li", class_="jy-result-line")) == 2 * newest.LATELY + min(
        12 - newest.LATELY, newest.OWN
    )
    assert len(page.all("li", class_="jy-home-published")) == newest.LATELY
    assert page.text.count("NameError: x") == 5
    assert page.all("a", href="/extras/job-results/?status=active")


def test_sources_with_errors_are_listed(as_user, bob):
    source = cast.git_source()
    source.error = "Please create branch 'main' in upstream and try again."
    source.save()
    cast.make_module(
        cast.local_source(), "audits", load_error={"message": "NameError: x", "path": "a.py", "line": 3}
    )

    page = home(as_user(bob))

    assert "Needs attention" in page.words
    assert "Please create branch 'main'" in page.text
    assert "a.py:3" in page.text
    assert page.all("a", href="/extras/git-repositories/netops/")


def test_a_push_that_waits_for_somebody_is_not_called_a_failure(as_user, bob):
    source = cast.git_source()
    revision = cast.make_revision(source)
    sync = cast.make_result(cast.make_job(), status=statuses.FAILED)
    HeldPush.objects.create(source=source, revision=revision, job_count=5)
    RevisionEvent.objects.create(source=source, revision=revision, kind=WAITING, result=sync)
    Source.objects.filter(pk=source.pk).update(error="It waits; say `jobyard repo confirm`.")

    page = home(as_user(bob))

    assert "has a push that waits for a confirmation" in page.text
    assert "could not be synced" not in page.text
    assert "`" not in page.text + home_of_repositories(as_user(bob)).text
    assert not page.all("a", href=sync.get_absolute_url())


def home_of_repositories(browser):
    return Page(browser.get("/extras/git-repositories/"))


def test_a_part_that_is_missing_is_told_with_the_way_out(as_user, alice, worker):
    page = home(as_user(alice))

    assert "The sync daemon is not running" in page.text
    assert "jobyard sync" in page.words
    assert "No worker is running" not in page.text


def test_somebody_without_permissions_sees_nothing_and_learns_why(as_user, charlie):
    cast.make_result(cast.make_job(name="Secret job"))
    cast.make_module(cast.local_source(), "hidden_module", load_error={"message": "x"})

    page = home(as_user(charlie))

    assert "Secret job" not in page.text
    assert "hidden_module" not in page.text
    assert "There is nothing here that you may see." in page.text


def test_the_guide_notices_the_first_job(as_user, alice):
    browser = as_user(alice)

    before = browser.get("/", HTTP_HX_REQUEST="true")
    cast.make_job()
    after = browser.get("/", HTTP_HX_REQUEST="true")

    assert (before.status_code, before.content) == (204, b"")
    assert after.headers["HX-Refresh"] == "true"
