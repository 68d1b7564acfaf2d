"""The page of a job hook says why nothing started; the page of a receiver leads to what starts it."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.server.grants import grant
from tests.server.receivers.cast import button_on, hook_on, receivers, region, take_calls

from jobyard_server.changes.acting import acting
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.receivers.models import JobHook, JobHookCall
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def jobs(db):
    return receivers()


@pytest.fixture
def hook(jobs):
    return hook_on(Region, jobs[0], "create", "delete")


def page(caller, address):
    client = Client()
    client.force_login(caller.user)
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return " ".join(answer.content.decode().split())


def changed_by(caller):
    with acting(caller.user):
        region()
    take_calls()


def test_a_hook_that_heard_of_nothing_says_what_it_waits_for(alice, hook):
    shown = page(alice, hook.get_absolute_url())

    assert "Nothing yet. It waits for a create or delete of the kinds above." in shown
    assert "Changes start nothing at present" not in shown


@pytest.mark.parametrize(
    ("rows", "values", "reason"),
    [
        (JobHook, {"enabled": False}, "This job hook is disabled."),
        (Job, {"enabled": False}, "This job is not enabled to be run."),
        (Job, {"installed": False}, "This job is not presently installed and cannot be run"),
    ],
    ids=["disabled", "job disabled", "job gone"],
)
def test_what_keeps_a_hook_from_starting_anything_is_told(alice, hook, rows, values, reason):
    rows.objects.update(**values)

    assert f"Changes start nothing at present. {reason}" in page(alice, hook.get_absolute_url())


def test_the_runs_that_changes_started_are_listed(alice, hook):
    changed_by(alice)

    assert f"/extras/jobs/results/{JobResult.objects.get().pk}/" in page(alice, hook.get_absolute_url())


def test_a_change_by_somebody_who_may_not_run_the_job_is_listed_with_the_reason(alice, charlie, hook):
    changed_by(charlie)

    shown = page(alice, hook.get_absolute_url())

    assert f"was not started: {charlie.user} does not have the permission extras.run_job" in shown


def test_runs_that_the_reader_may_not_see_are_not_listed(alice, charlie, hook):
    changed_by(alice)
    grant(charlie.user, "view_jobhook")

    assert str(JobResult.objects.get().pk) not in page(charlie, hook.get_absolute_url())


def test_changes_that_wait_for_a_scheduler_are_counted(alice, hook):
    with acting(alice.user):
        region()
        region("South")
    assert JobHookCall.objects.count() == 2

    assert "2 changes wait for the scheduler." in page(alice, hook.get_absolute_url())


def test_the_page_of_a_receiver_leads_to_its_hooks(alice, jobs, hook):
    hook_on(Region, jobs[0], "update", name="Asleep", enabled=False)

    shown = page(alice, "/extras/jobs/local/hooks/Hook/")

    assert f'<a href="{hook.get_absolute_url()}">{hook}</a>' in shown
    assert 'Asleep</a><span class="jy-meta">disabled</span>' in shown


def test_the_page_of_a_receiver_leads_to_its_buttons(alice, jobs):
    button = button_on(Region, jobs[1])

    assert f'href="{button.get_absolute_url()}"' in page(alice, "/extras/jobs/local/hooks/Button/")


def test_only_hooks_that_the_reader_may_see_are_listed(charlie, hook):
    grant(charlie.user, "view_job")

    assert hook.get_absolute_url() not in page(charlie, "/extras/jobs/local/hooks/Hook/")


def test_a_receiver_that_nothing_starts_says_so_and_other_jobs_do_not(alice, jobs):
    assert "None that you can see; without one, nothing starts this job." in page(
        alice, "/extras/jobs/local/hooks/Hook/"
    )
    assert "nothing starts this job" not in page(alice, "/extras/jobs/local/hooks/Plain/")
