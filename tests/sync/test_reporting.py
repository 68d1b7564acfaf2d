"""Commit statuses, sent to a real HTTP server that knows what the forges document."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.repos.forge import Forge
from tests.server.api.cast import git_source
from tests.server.registry.cast import broken, good, put

from jobyard_server.access.secrets import encrypt
from jobyard_server.registry.commit_statuses import MOST_ATTEMPTS, report_refusal, report_sync
from jobyard_server.registry.models import GitRepository, Revision
from jobyard_server.registry.report_models import CommitStatus
from jobyard_server.registry.requests import request_sync
from jobyard_sync.reporting import send_due

TOKEN = "canary-3c1b7f20aa"
A, B = "a" * 40, "b" * 40


@pytest.fixture
def forge(options):
    options["GIT_ALLOWED_NETS"] = ["127.0.0.0/8"]
    options["BASE_URL"] = "https://jobs.example.com"
    with Forge(TOKEN) as forge:
        yield forge


@pytest.fixture
def source(db, forge):
    """A repository at the forge, told by *report_to*."""
    source = git_source("lab")
    GitRepository.objects.update(
        remote_url=f"{forge.url}/team/jobs.git",
        report_to="gitea",
        report_token_encrypted=encrypt(TOKEN),
        report_origin=forge.url,
    )
    return source


def synced(source, letter, reports, status="completed"):
    put(source, letter, reports)
    result = request_sync(source)
    result.status = status
    result.completed = timezone.now()
    result.save()
    report_sync(result)


@pytest.mark.parametrize(
    ("kind", "project"), [("github", "team/jobs"), ("gitlab", "team%2Fjobs"), ("gitea", "team/jobs")]
)
def test_each_forge_is_told_in_its_own_way(source, forge, kind, project):
    GitRepository.objects.update(report_to=kind)

    synced(source, "a", [good("one", "First", "Second"), good("two", "Third")])
    assert send_due() == 1

    (status,) = forge.statuses
    assert (status.forge, status.project, status.commit) == (kind, project, A)
    assert (status.body["state"], status.body["description"]) == ("success", "3 jobs")
    revision = Revision.objects.get()
    assert status.body["target_url"] == f"https://jobs.example.com/extras/revisions/{revision.pk}/"
    row = CommitStatus.objects.get()
    assert (row.sent_at is not None, row.next_try, row.error) == (True, None, "")
    assert send_due() == 0


def test_only_new_errors_are_a_failure(source, forge):
    synced(source, "a", [good("one", "First"), broken("two")], "failed")
    send_due()
    synced(source, "b", [good("one", "First"), broken("two")], "failed")
    send_due()

    assert [status.body["state"] for status in forge.statuses] == ["failure", "success"]
    assert forge.statuses[0].body["description"] == "1 job; 1 new error: jobs/two.py"
    assert forge.statuses[1].body["description"] == "1 job; 1 older error"


def test_a_commit_that_was_not_let_in_is_an_error(source, forge):
    report_refusal(GitRepository.objects.get(), B, "It is not signed. " + "x" * 500)
    send_due()

    (status,) = forge.statuses
    assert (status.commit, status.body["state"]) == (B, "error")
    assert len(status.body["description"]) == 140


def test_nobody_is_told_the_same_twice(source, forge):
    for _ in range(2):
        synced(source, "a", [good("one", "First")])
        send_due()

    assert forge.calls == 1


@pytest.mark.parametrize("failure", [500, 502, 429])
def test_a_forge_that_fails_is_tried_again_later_and_not_for_ever(source, forge, failure):
    forge.failures = [failure]
    synced(source, "a", [good("one", "First")])

    send_due()
    row = CommitStatus.objects.get()
    assert row.next_try > timezone.now() + timedelta(seconds=5)
    assert f"error {failure}" in row.error
    assert send_due() == 0

    CommitStatus.objects.update(next_try=timezone.now())
    send_due()
    assert len(forge.statuses) == 1

    forge.failures = [failure] * 100
    synced(source, "b", [good("one", "First")])
    for _ in range(MOST_ATTEMPTS + 3):
        send_due()
        CommitStatus.objects.filter(next_try__isnull=False).update(next_try=timezone.now())
    assert forge.calls == 2 + MOST_ATTEMPTS


@pytest.mark.parametrize("failure", [401, 403, 404, 422, 302])
def test_what_trying_again_cannot_help_is_given_up_and_says_why(source, forge, failure):
    forge.failures = [failure]
    synced(source, "a", [good("one", "First")])

    send_due()

    row = CommitStatus.objects.get()
    assert row.next_try is None
    assert f"error {failure}" in row.error
    assert TOKEN not in row.error


def test_a_token_for_another_server_is_not_sent(source, forge):
    GitRepository.objects.update(report_origin="https://git.example.com:443")
    synced(source, "a", [good("one", "First")])

    send_due()

    assert forge.calls == 0
    assert "enter it again" in CommitStatus.objects.get().error


def test_f69_a_forge_on_this_machine_is_not_contacted_unless_it_is_allowed(source, forge, options):
    options["GIT_ALLOWED_NETS"] = []
    synced(source, "a", [good("one", "First")])

    send_due()

    assert forge.calls == 0
    assert "JOBYARD_GIT_ALLOWED_NETS" in CommitStatus.objects.get().error


def test_a_forge_that_hangs_delays_its_report_only(source, forge, monkeypatch):
    monkeypatch.setattr("jobyard_sync.reporting.SEND_SECONDS", 0.3)
    forge.hang = True
    synced(source, "a", [good("one", "First")])

    send_due()

    assert "did not answer in time" in CommitStatus.objects.get().error


def test_who_did_not_ask_is_not_told(source, forge):
    GitRepository.objects.update(report_to="")
    synced(source, "a", [good("one", "First")])

    assert not CommitStatus.objects.exists()
