"""``jobs/<id>/refresh/``: choices that code computes while it is imported, on demand."""

from __future__ import annotations

import pytest
from tests.server.api.cast import alive, caller, git_source, put

from jobyard.spec import JobSpec
from jobyard_server.registry.models import Job, Source
from jobyard_server.registry.requests import wants_refresh
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def daemon(db):
    return alive("sync")


@pytest.fixture
def git_job(db):
    put(
        git_source("netops"),
        JobSpec(module="devices", class_name="Create", name="Create", grouping="devices"),
    )
    return Job.objects.get(module_name="devices")


def refresh(who, job):
    return who.post(f"/api/extras/jobs/{job.pk}/refresh/")


def test_the_folder_is_noted_to_be_read_again(alice, job, daemon):
    answer = refresh(alice, job)

    assert answer.status_code == 202
    assert answer.json() == {"message": "Folder is being read again.", "job_result": None}
    assert Source.objects.get(key="local").refresh_asked is not None


def test_a_repository_is_synced_with_everything_in_it(alice, git_job, daemon):
    answer = refresh(alice, git_job)

    result = JobResult.objects.get(pk=answer.json()["job_result"]["id"])
    assert (answer.status_code, result.status, wants_refresh(result)) == (202, "pending", True)


def test_it_takes_the_right_to_change_jobs_or_to_sync(bob, charlie, job, git_job, daemon):
    editor = caller("erin", "view_job", "change_job")

    assert (refresh(bob, job).status_code, refresh(charlie, job).status_code) == (403, 403)
    assert (refresh(editor, job).status_code, refresh(editor, git_job).status_code) == (202, 403)
    assert refresh(caller("fred", "view_job", "sync_gitrepository"), git_job).status_code == 202


def test_without_a_daemon_nobody_would_read_it(alice, job):
    assert refresh(alice, job).status_code == 503
    assert Source.objects.get().refresh_asked is None
