"""The first page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard import statuses

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


def test_what_runs_and_what_ended_is_listed(as_user, bob):
    job = cast.make_job(name="Count ports")
    cast.make_result(job, status=statuses.RUNNING, age=timedelta(seconds=3))
    cast.make_result(job, status=statuses.FAILED)

    page = home(as_user(bob))

    assert "Running now" in page.words
    assert "Ended lately" in page.words
    assert "Failed" in page.words


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
