"""Presets, favourites and the settings by REST, with the rules of the pages."""

from __future__ import annotations

import pytest
from tests.server.api.cast import Caller, put
from tests.server.grants import grant

from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.access.models import User
from jobyard_server.presets.models import JobPreset
from jobyard_server.registry.overrides import decide
from jobyard_server.registry.sources import local_source

pytestmark = pytest.mark.django_db
LIST = "/api/extras/job-presets/"


@pytest.fixture
def job():
    variables = [
        VariableSpec(name="count", type="IntegerVar", kind="IntegerVar", label="Count", required=False),
        VariableSpec(name="pw", type="StringVar", kind="StringVar", label="Pw", required=False, secret=True),
    ]
    spec = JobSpec(
        module="m", class_name="J", name="J", grouping="m", path="m.py", has_run=True,
        has_sensitive_variables=False, variables=variables,
    )  # fmt: skip
    return put(local_source(), spec)


def runner(name):
    user = User.objects.create(username=name)
    grant(user, "view_job", "run_job")
    return Caller(user)


@pytest.fixture
def ann():
    return runner("ann")


@pytest.fixture
def ben():
    return runner("ben")


def saved(caller, job, name="Nights", **fields):
    body = {"job_model": str(job.pk), "name": name, "data": {"count": 3, "pw": "secret"}, **fields}
    return caller.post(LIST, body, format="json")


def test_inputs_are_remembered_without_secrets_and_changed_shared_forgotten(ann, ben, job):
    made = saved(ann, job, commit=True)

    assert made.status_code == 201, made.json()
    row = made.json()
    assert (row["name"], row["data"], row["commit"]) == ("Nights", {"count": 3}, True)
    assert row["user"]["username"] == "ann"
    assert ben.get(LIST).json()["count"] == 0
    assert ben.get(row["url"]).status_code == 404
    shared = ann.patch(row["url"], {"is_shared": True, "name": "All nights"}, format="json")
    assert (shared.json()["name"], shared.json()["is_shared"]) == ("All nights", True)
    assert [found["name"] for found in ben.get(f"{LIST}?job_model={job.pk}").json()["results"]] == [
        "All nights"
    ]
    for refused in (ben.patch(row["url"], {"name": "Mine"}, format="json"), ben.delete(row["url"])):
        assert refused.status_code == 403
        assert "Only whoever saved a preset" in refused.json()["detail"]
    assert ann.delete(row["url"]).status_code == 204
    assert not JobPreset.objects.exists()


def test_what_does_not_fit_is_refused_with_a_sentence(ann, job):
    saved(ann, job)

    assert "You have a preset of this name" in saved(ann, job).json()["name"][0]
    assert saved(ann, job, name=" ").status_code == 400
    assert "count" in saved(ann, job, "x", data={"count": "many"}).json()["errors"]
    assert saved(ann, job, "x", job_model="7e7c2c6e-0000-4000-8000-000000000000").status_code == 400
    assert (
        ann.patch(ann.get(LIST).json()["results"][0]["url"], {"name": ""}, format="json").status_code == 400
    )


def test_whoever_may_not_run_a_job_keeps_no_inputs_of_it(job):
    user = User.objects.create(username="reader")
    assert Caller(user).get(LIST).status_code == 403
    grant(user, "view_job")

    assert saved(Caller(user), job).status_code == 403


def test_presets_of_a_job_whose_inputs_may_be_sensitive_are_gone(ann, job):
    address = saved(ann, job).json()["url"]
    decide(job, user=None, override={"has_sensitive_variables": True})

    assert ann.get(LIST).json()["count"] == 0
    assert ann.get(address).status_code == 404
    assert saved(ann, job, "more").status_code == 409


def test_a_change_that_others_made_meanwhile_is_not_overwritten(ann, job):
    address = saved(ann, job).json()["url"]
    tag = ann.get(address).headers["ETag"]
    ann.patch(address, {"is_shared": True}, format="json")

    late = ann.patch(address, {"name": "Late"}, format="json", headers={"If-Match": tag})

    assert late.status_code == 412


def test_a_job_is_marked_as_a_favourite_by_whoever_asks(ann, ben, job):
    address = f"/api/extras/jobs/{job.pk}/favourite/"

    assert ann.post(address).json() == {"favourite": True}
    assert ann.post(address).json() == {"favourite": True}
    assert ben.get(address).json() == {"favourite": False}
    assert ann.delete(address).json() == {"favourite": False}


def test_the_settings_are_for_superusers_and_show_no_secrets(ann, settings):
    settings.JOBYARD = {**settings.JOBYARD, "SECRET_KEY": "k" * 60}
    admin = Caller(User.objects.create(username="root", is_superuser=True))

    answer = admin.get("/api/settings/")

    named = {line["name"]: line for line in answer.json()}
    assert named["JOBYARD_TIME_ZONE"]["meaning"]
    assert "kkk" not in answer.content.decode()
    assert ann.get("/api/settings/").status_code == 403
