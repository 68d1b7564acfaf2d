"""Schedules and approvals by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.server.api.cast import caller
from tests.server.grants import grant
from tests.server.schedules.cast import nightly, scheduled
from tests.server.ui.cast import Page

from jobyard_server.runs.models import JobResult
from jobyard_server.schedules.firing import Firing
from jobyard_server.schedules.models import ScheduledJob

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]
LIST = "/extras/scheduled-jobs/"


@pytest.fixture
def carol(db):
    """Decides about requests."""
    return caller(
        "carol", "view_job", "run_job", "approve_job", "view_jobresult",
        "view_scheduledjob", "change_scheduledjob", "delete_scheduledjob",
    )  # fmt: skip


def browser(who):
    client = Client()
    client.force_login(who.user)
    return client


def run_form(who, job, **fields):
    sent = {"who": "Ada", "_commit": "on", **{f"_schedule_{name}": value for name, value in fields.items()}}
    return browser(who).post(f"/extras/jobs/{job.class_path}/", sent)


def test_the_form_offers_later_and_stays_closed(bob):
    page = Page(browser(bob).get(f"/extras/jobs/{nightly().class_path}/"))

    assert page.field("_schedule_interval")
    assert not page.all("details", open="")


def test_a_job_with_sensitive_inputs_says_why_it_runs_now_only(bob):
    job = nightly(has_sensitive_variables=True)

    page = Page(browser(bob).get(f"/extras/jobs/{job.class_path}/"))

    assert "has_sensitive_variables = False" in page.text


def test_scheduling_leads_to_the_schedule(carol):
    start = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")

    answer = run_form(carol, nightly(), interval="daily", name="Nightly run", start_time=start)

    row = ScheduledJob.objects.get()
    assert answer.url == f"{LIST}{row.pk}/"
    page = Page(browser(carol).get(answer.url))
    assert "Nightly run" in page.text
    assert len(page.all("time")) >= 10
    assert not JobResult.objects.exists()


def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(bob):
    answer = run_form(bob, nightly(), interval="custom", name="", crontab="61 * * * *")

    page = Page(answer)
    assert page.field("who")["value"] == "Ada"
    assert page.field("_schedule_crontab")["value"] == "61 * * * *"
    assert page.field("_schedule_crontab")["aria-invalid"] == "true"
    assert page.all("details", open="")
    assert "Please provide a name" in page.text


def test_who_has_no_right_to_see_schedules_is_told_and_sent_back_to_the_job(bob):
    job = nightly(approval_required=True)

    answer = run_form(bob, job)

    assert answer.url == f"/extras/jobs/{job.class_path}/"
    assert ScheduledJob.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("decision", "state", "runs"),
    [("approve", "ended", 1), ("deny", "denied", 0), ("dry-run", "pending", 1), ("", "pending", 0)],
)
def test_deciding(bob, carol, decision, state, runs):
    run_form(bob, nightly(approval_required=True))
    row = ScheduledJob.objects.get()
    shown = Page(browser(carol).get("/"))
    assert "Waiting for your approval" in shown.text

    browser(carol).post(f"{LIST}{row.pk}/decide/", {"decision": decision})

    row.refresh_from_db()
    assert (row.state, JobResult.objects.count()) == (state, runs)


def test_own_requests_are_for_others(carol):
    run_form(carol, nightly(approval_required=True))
    row = ScheduledJob.objects.get()

    page = Page(browser(carol).get(f"{LIST}{row.pk}/"))
    answer = browser(carol).post(f"{LIST}{row.pk}/decide/", {"decision": "approve"}, follow=True)

    assert not page.all("button", value="approve")
    assert "cannot approve your own" in Page(answer).text


def test_switching_and_deleting(carol):
    row = scheduled(nightly(), carol.user)
    client = browser(carol)

    client.post(f"{LIST}{row.pk}/switch/", {"enabled": "false"})
    row.refresh_from_db()
    assert row.state == "disabled"
    client.post(f"{LIST}{row.pk}/switch/", {"enabled": "true"})
    row.refresh_from_db()
    assert row.state == "active"
    assert "Keep it" in Page(client.get(f"{LIST}{row.pk}/delete/")).text
    assert client.post(f"{LIST}{row.pk}/delete/").url == LIST
    assert not ScheduledJob.objects.exists()


def test_the_page_shows_what_became_of_it(carol):
    row = scheduled(nightly(), carol.user, inputs={"who": "<b>Ada</b>"})
    Firing().fire_due(row.next_at + timedelta(hours=3, minutes=5))

    page = Page(browser(carol).get(f"{LIST}{row.pk}/"))

    assert "<b>Ada</b>" in page.text
    assert "and 2 more after it" in page.text
    assert "Pending" in page.text


@pytest.mark.parametrize("view", ["", "active", "waiting", "over", "nonsense"])
def test_the_list(carol, view, django_assert_max_num_queries):
    job = nightly()
    for _ in range(4):
        scheduled(job, carol.user)
    client = browser(carol)
    client.get(LIST)

    with django_assert_max_num_queries(12):
        page = Page(client.get(LIST, {"view": view}))

    assert ("Every hour" in page.text) == (view in ("", "active", "nonsense"))


@pytest.mark.parametrize(("path", "method"), [("switch/", "post"), ("delete/", "post"), ("delete/", "get")])
def test_whoever_may_only_look_changes_nothing(carol, path, method):
    viewer = caller("dora", "view_scheduledjob")
    row = scheduled(nightly(), carol.user)

    assert getattr(browser(viewer), method)(f"{LIST}{row.pk}/{path}").status_code == 403
    assert ScheduledJob.objects.filter(pk=row.pk, enabled=True).exists()
    assert browser(caller("eve")).get(LIST).status_code == 403


def test_the_first_page_asks_only_those_who_can_decide_this_request(bob, carol):
    run_form(bob, nightly(approval_required=True))
    dave = caller("dave", "view_job", "approve_job", "view_scheduledjob")
    erin = caller("erin", "view_job", "view_scheduledjob", "change_scheduledjob")
    grant(erin.user, "approve_job", constraints={"job_class_name": "Other"})

    pages = {who.user.username: Page(browser(who).get("/")).text for who in (carol, bob, dave, erin)}

    assert [name for name, text in pages.items() if "Waiting for your approval" in text] == ["carol"]
