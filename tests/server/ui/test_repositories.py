"""Git repositories: list, add, look, edit, sync, delete."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard import statuses
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.history_models import SyncTimes
from jobyard_server.registry.models import GitRepository, Job, Source
from jobyard_server.registry.requests import request_sync
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db
LIST = "/extras/git-repositories/"
PAGE = LIST + "netops/"
FIELDS = {
    "name": "Network",
    "remote_url": "https://git.example.com/net.git",
    "branch": "main",
    "slug": "",
    "username": "",
}


def test_an_empty_list_offers_the_first_step(as_user, alice, bob):
    offered, told = Page(as_user(alice).get(LIST)), Page(as_user(bob).get(LIST))

    assert offered.all("a", href=LIST + "add/")
    assert "There is no repository yet." in told.text
    assert not told.all("a", href=LIST + "add/")


def lapse(source, **fields):
    Source.objects.filter(pk=source.pk).update(**fields)


def test_the_state_comes_from_lease_request_error_and_modules(as_user, bob):
    source, browser = cast.git_source(), as_user(bob)

    def state():
        return next(word for word in Page(browser.get(LIST)).words if word in STATES)

    assert state() == "Never synced"
    lapse(source, last_synced=timezone.now())
    assert state() == "In step"
    cast.make_module(source, "audits", load_error={"message": "x"})
    assert state() == "Load errors"
    lapse(source, error="The server does not answer.")
    assert state() == "Sync failed"
    request_sync(source)
    assert state() == "Waiting"
    lapse(source, lease_until=timezone.now() + timedelta(seconds=20))
    assert state() == "Syncing"
    # A daemon that was killed leaves its lease behind; nobody waits for it longer than that.
    lapse(source, lease_until=timezone.now() - timedelta(seconds=1))
    assert state() == "Waiting"


STATES = {"Never synced", "In step", "Load errors", "Sync failed", "Waiting", "Syncing"}


def test_a_repository_is_added_and_its_first_sync_requested(as_user, alice):
    response = as_user(alice).post(LIST + "add/", {**FIELDS, "token": "hunter22"}, follow=True)

    repository = GitRepository.objects.get()
    assert (repository.name, repository.slug) == ("Network", "network")
    assert decrypt(repository.token_encrypted) == "hunter22"
    assert JobResult.objects.get().source_model.git_repository == repository
    assert "Network was added; its first sync is on the way." in Page(response).text


def test_wrong_fields_come_back_with_their_errors(as_user, alice):
    cast.git_source()

    response = as_user(alice).post(
        LIST + "add/",
        {**FIELDS, "name": "Netops", "slug": "free", "remote_url": "ftp://x/y", "token": "hunter22"},
    )

    page = Page(response)
    assert "2 fields need another look. Nothing was saved." in page.text
    assert page.field("remote_url")["value"] == "ftp://x/y"
    assert page.field("remote_url")["aria-invalid"] == "true"
    assert "autofocus" in page.field("name")
    assert b"hunter22" not in response.content
    assert GitRepository.objects.count() == 1


def test_the_page_tells_head_errors_jobs_and_syncs(as_user, bob):
    source = cast.git_source(current_head="4be1c09f2a77d3e0")
    lapse(source, error="Please create branch 'main' in upstream and try again.")
    error = {"message": "NameError: x", "path": "jobs/audits.py", "line": 7, "traceback": "Traceback …"}
    cast.make_job(module=cast.make_module(source, "audits", load_error=error), name="Audit")
    result = cast.make_result(source_model=source, name="Netops", status=statuses.FAILED)

    page = Page(as_user(bob).get(PAGE))

    assert "4be1c09f2a77" in page.words
    assert "Please create branch 'main'" in page.text
    assert "jobs/audits.py:7" in page.text
    assert "Traceback …" in page.words
    assert page.all("a", href="/extras/jobs/git.netops/audits/Probe/")
    assert page.all("a", href=f"/extras/jobs/results/{result.pk}/")
    assert "Sync now" not in page.words


def test_sync_now_leads_to_its_result(as_user, alice):
    cast.git_source()

    response = as_user(alice).post(PAGE + "sync/")

    result = JobResult.objects.get()
    assert response.url == f"/extras/jobs/results/{result.pk}/"
    assert result.user == alice
    assert as_user(alice).get(PAGE + "result/").url == response.url


def test_a_sync_that_nobody_will_do_is_told(as_user, alice):
    request_sync(cast.git_source())

    assert "The sync daemon is not running" in Page(as_user(alice).get(PAGE)).text


def test_a_repository_that_was_never_synced_has_no_newest_result(as_user, alice):
    cast.git_source()

    response = as_user(alice).get(PAGE + "result/", follow=True)

    assert "Netops was never synced." in Page(response).text


@pytest.fixture
def with_token(db, alice, client):
    client.force_login(alice)
    client.post(LIST + "add/", {**FIELDS, "slug": "netops", "token": "hunter22"})
    return GitRepository.objects.get()


def edit(browser, **fields):
    browser.post(PAGE + "edit/", {**FIELDS, "slug": "netops", **fields})
    return GitRepository.objects.get()


def test_the_token_is_never_shown_and_stays_unless_changed(client, with_token):
    page = Page(client.get(PAGE + "edit/"))

    assert page.field("token")["value"] == ""
    assert "A token is stored" in page.text
    assert edit(client, name="Renamed").name == "Renamed"
    assert decrypt(edit(client, token="").token_encrypted) == "hunter22"
    assert decrypt(edit(client, token="new one").token_encrypted) == "new one"


def test_the_token_can_be_forgotten(client, with_token):
    assert edit(client, forget_token="on").token_encrypted == ""


def test_editing_keeps_what_is_wrong_and_changes_nothing(client, with_token):
    response = client.post(PAGE + "edit/", {**FIELDS, "branch": "no spaces please", "slug": "netops"})

    assert Page(response).field("branch")["value"] == "no spaces please"
    assert GitRepository.objects.get().branch == "main"


def test_deleting_asks_first_and_keeps_the_results(as_user, alice):
    source = cast.git_source()
    job = cast.make_job(module=cast.make_module(source, "audits"))
    cast.make_result(job)
    browser = as_user(alice)

    asked = Page(browser.get(PAGE + "delete/"))

    assert "One job is installed from here." in asked.text
    assert GitRepository.objects.exists()

    browser.post(PAGE + "delete/")

    assert not GitRepository.objects.exists()
    assert JobResult.objects.count() == 1
    assert Job.objects.get().installed is False


@pytest.mark.parametrize("action", ["edit/", "delete/", "sync/"])
def test_a_reader_changes_nothing(as_user, bob, action):
    cast.git_source()
    browser = as_user(bob)

    response = browser.post(PAGE + action, FIELDS)

    assert response.status_code == 403
    assert "An administrator can give you the permission extras." in Page(response).text
    assert not JobResult.objects.exists()
    assert browser.post(LIST + "add/", FIELDS).status_code == 403


def test_an_unknown_slug_is_not_found(as_user, alice):
    assert as_user(alice).get(LIST + "nothing/").status_code == 404


def test_new_jobs_can_be_made_to_wait(as_user, alice):
    repository = cast.git_source().git_repository
    place = f"/extras/git-repositories/{repository.slug}/"
    browser = as_user(alice)
    form = {name: getattr(repository, name) for name in ("name", "slug", "remote_url", "branch")}

    assert "may be run at once" in Page(browser.get(place)).text
    browser.post(f"{place}edit/", {**form, "new_jobs_wait": "on"})

    assert "wait until somebody enables them" in Page(browser.get(place)).text
    assert "checked" in Page(browser.get(f"{place}edit/")).field("new_jobs_wait")


def test_a_sync_that_is_over_is_followed_until_every_worker_has_seen_it(as_user, bob):
    source, browser = cast.git_source(), as_user(bob)
    result = request_sync(source)
    JobResult.objects.filter(pk=result.pk).update(status=statuses.COMPLETED)
    now = timezone.now()
    done = dict.fromkeys(("received", "begun", "fetched", "snapshot", "inspected", "published"), now)
    times = SyncTimes.objects.create(result=result, **done)

    page = Page(browser.get(PAGE))
    assert "Visible on every worker now" in page.text
    assert page.all("section", id="live-sync")[0].get("hx-get")

    SyncTimes.objects.filter(pk=times.pk).update(visible=now)
    assert not Page(browser.get(PAGE)).all("section", id="live-sync")[0].get("hx-get")
    SyncTimes.objects.filter(pk=times.pk).update(visible=None, published=now - timedelta(hours=1))
    page = Page(browser.get(PAGE))
    assert "Visible on every worker left out" in page.text  # a worker that has gone is not waited for
