"""The pages of one job besides its form: history with its chart, inputs, revisions."""

from __future__ import annotations

import json
import shlex
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.grants import grant
from tests.server.ui import cast
from tests.server.ui.cast import Page, variable

from jobyard import statuses
from jobyard_server.registry.history_models import PUBLISHED, JobVersion, RevisionEvent
from jobyard_server.ui.jobs import chart

pytestmark = pytest.mark.django_db
JOB = "/extras/jobs/local/example/Probe/"


def ended(job, seconds, status=statuses.COMPLETED, **fields):
    result = cast.make_result(job, status=status, **fields)
    result.started = timezone.now() - timedelta(hours=1)
    result.completed = result.started + timedelta(seconds=seconds)
    result.save()
    return result


def heights(page):
    return [int(attrs["height"]) for attrs in page.all("rect")]


def test_the_chart_shows_how_long_runs_took_and_how_they_ended(as_user, bob):
    job = cast.make_job()
    for seconds in (1, 2):
        ended(job, seconds)
    failed = ended(job, 4, statuses.FAILED)
    cast.make_result(job, status=statuses.RUNNING)

    page = Page(as_user(bob).get(JOB + "history/"))

    assert sorted(heights(page)) == [25, 50, 100]
    assert len(page.all("rect", class_="jy-bar jy-bar-failed")) == 1
    assert page.all("a", href=f"/extras/jobs/results/{failed.pk}/", tabindex="-1")
    assert (
        "66 % of the last 3 runs completed; half of them took at most 2.00 s , the longest 4.00 s"
        in page.text
    )


def test_one_run_that_took_very_long_does_not_hide_the_others(as_user, bob):
    job = cast.make_job()
    for seconds in (0.5, 0.6, 0.7, 3600):
        ended(job, seconds)

    page = Page(as_user(bob).get(JOB + "history/"))

    assert min(heights(page)) > 30
    assert "(logarithmic)" in page.text


def test_runs_that_took_no_time_are_seen(as_user, bob):
    ended(cast.make_job(), 0)

    assert heights(Page(as_user(bob).get(JOB + "history/"))) == [chart.LEAST]


def test_the_chart_stops_at_the_newest_runs_and_the_list_goes_on(as_user, bob, monkeypatch):
    monkeypatch.setattr(chart, "MOST", 3)
    job = cast.make_job()
    for _ in range(5):
        ended(job, 1)

    page = Page(as_user(bob).get(JOB + "history/"))

    assert len(page.all("rect")) == 3
    assert len(page.all("li", class_="jy-result-line jy-run-line")) == 5


def test_a_history_without_runs_says_so(as_user, bob):
    cast.make_job()

    assert "was not run yet" in Page(as_user(bob).get(JOB + "history/")).text


def test_the_history_has_only_results_that_may_be_seen(as_user, alice):
    job = cast.make_job()
    ended(job, 1, user=alice)
    dave = cast.make_user("dave", "view_job")
    grant(dave, "view_jobresult", constraints={"user": "$user"})

    page = Page(as_user(dave).get(JOB + "history/"))

    assert not page.all("rect")
    assert as_user(cast.make_user("erin", "view_job")).get(JOB + "history/").status_code == 403


def test_queries_of_the_history_do_not_grow(as_user, bob, django_assert_max_num_queries):
    job = cast.make_job()
    for _ in range(20):
        ended(job, 1, user=bob)
    browser = as_user(bob)

    with django_assert_max_num_queries(8):
        browser.get(JOB + "history/")


def test_the_inputs_are_told_with_their_limits(as_user, bob):
    cast.make_job(
        variable("IntegerVar", "size", min_value=1, max_value=9, default=3, has_default=True, required=False),
        variable("ChoiceVar", "colour", choices=[["Warm", [["red", "Red"]]], ["blue", "Blue"]]),
        variable("StringVar", "password", secret=True),
    )

    page = Page(as_user(bob).get(JOB + "inputs/"))

    assert "value from 1 to 9" in page.text
    assert "one of red, blue" in page.text
    assert "secret" in page.words


def test_the_example_call_can_be_copied(as_user, bob):
    cast.make_job(
        variable("StringVar", "who", default="it's", has_default=True),
        variable("MultiChoiceVar", "many", choices=[["a", "A"]]),
        variable("ObjectVar", "site", model="dcim.site"),
        variable("FileVar", "sheet"),
    )

    page = Page(as_user(bob).get(JOB + "inputs/"))

    command = next(word for word in page.words if word.startswith("jobyard runjob"))
    *_, data = shlex.split(command)
    assert json.loads(data) == {
        "who": "it's", "many": ["a"], "site": "00000000-0000-0000-0000-000000000000",
    }  # fmt: skip
    assert any(f"http://testserver/api{JOB}run/" in word for word in page.words)


def event(source, **fields):
    revision = cast.make_revision(source, message=fields.pop("message", "A push"))
    return RevisionEvent.objects.create(source=source, revision=revision, kind=PUBLISHED, **fields)


def test_the_revisions_that_changed_a_job_are_told_with_what_they_changed(as_user, bob):
    job = cast.make_job()
    source = job.module.source
    told = {
        "job": "local/example/Probe",
        "fields": [{"name": "name", "old": "Old", "new": "New"}],
        "variables": [],
    }
    other = {**told, "job": "local/example/Other"}
    event(
        source, message="Rewrite it", files=[{"kind": "MODIFIED", "path": "jobs/example.py", "old_path": ""}]
    )
    event(
        source, message="Not this one", files=[{"kind": "MODIFIED", "path": "jobs/other.py", "old_path": ""}]
    )
    described = event(source, message="Call it new", changes={"changed": [other, told]})
    JobVersion.objects.create(job=job, created=described.created, class_path=job.class_path, spec_json={})

    page = Page(as_user(bob).get(JOB + "revisions/"))

    assert "Rewrite it" in page.words
    assert "Call it new" in page.words
    assert "Not this one" not in page.text
    assert page.text.count("name: Old to New") == 1
    assert "description and inputs stayed" in page.text


def test_revisions_of_a_repository_out_of_reach_have_no_link(as_user):
    module = cast.make_module(cast.git_source(), "audits")
    cast.make_job(module=module, path="jobs/audits.py")
    event(module.source, files=[{"kind": "MODIFIED", "path": "jobs/audits.py", "old_path": ""}])
    dave = cast.make_user("dave", "view_job")

    page = Page(as_user(dave).get("/extras/jobs/git.netops/audits/Probe/revisions/"))

    assert "A push" in page.words
    assert not [attrs for attrs in page.all("a") if "/extras/revisions/" in attrs["href"]]


def test_a_job_without_known_revisions_says_so(as_user, bob):
    cast.make_job()

    assert "knows no revision" in Page(as_user(bob).get(JOB + "revisions/")).text


@pytest.mark.parametrize("page", ["", "history/", "inputs/", "source/", "revisions/"])
def test_every_page_of_a_job_has_the_tabs_and_is_closed_to_others(as_user, bob, page):
    cast.make_job()
    dave = cast.make_user("dave", "view_jobresult")
    grant(dave, "view_job", constraints={"name": "Other"})

    tabs = Page(as_user(bob).get(JOB + page))

    assert [attrs["href"] for attrs in tabs.all("a", aria_current="page")] == [JOB + page]
    assert as_user(dave).get(JOB + page).status_code == 404


def test_a_class_may_be_called_like_a_page(as_user, bob):
    cast.make_job(class_name="history")

    assert as_user(bob).get("/extras/jobs/local/example/history/").status_code == 200
    assert as_user(bob).get("/extras/jobs/local/example/history/history/").status_code == 200
