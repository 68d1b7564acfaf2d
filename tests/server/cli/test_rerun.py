"""`jobyard rerun`: a run once more."""

from __future__ import annotations

import uuid

import pytest

from jobyard import statuses
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def first(jobyard, make_job, play):
    """A run that has ended, and whose inputs were kept."""
    job = make_job()
    play(statuses.COMPLETED)
    jobyard("runjob", job.class_path)
    JobResult.objects.update(has_sensitive_variables=False)
    return JobResult.objects.get()


def test_it_runs_once_more_and_says_how_it_ended(jobyard, first, play):
    play(statuses.FAILED)

    answer = jobyard("rerun", str(first.pk))

    assert answer.exit_code == 1
    assert f"Running {first.name} once more..." in answer.stdout
    assert JobResult.objects.count() == 2


def test_without_waiting_it_prints_the_new_result(jobyard, first):
    answer = jobyard("rerun", str(first.pk), "--no-wait")

    newest = JobResult.objects.exclude(pk=first.pk).get()
    assert f"Queued {first.name}: {newest.pk}" in answer.stdout


def test_what_cannot_be_run_again_is_one_sentence(jobyard, first):
    JobResult.objects.update(has_sensitive_variables=True)

    unknown = jobyard("rerun", str(uuid.uuid4()))
    sensitive = jobyard("rerun", str(first.pk))
    gone = jobyard("rerun", str(first.pk), "--username", "nobody")

    assert (unknown.exit_code, sensitive.exit_code, gone.exit_code) == (2, 2, 2)
    assert "There is no job result" in unknown.stderr
    assert "were not kept" in sensitive.stderr
