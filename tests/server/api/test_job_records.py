"""Jobs by id: jobs-behaviour §13.4 and §13.5."""

from __future__ import annotations

import pytest
from tests.server.api.cast import caller, git_source, published, result_of, variable

from jobyard.spec import LoadError, ModuleReport
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import Job, Module
from jobyard_server.registry.publish import RevisionFacts, publish
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db

JOBS = "/api/extras/jobs/"
QUERY = {"region": "$region"}


def test_a_record_of_a_git_job(bob):
    source = git_source("netops")
    job = published(
        "devices", "CreateDevices", of=source, task_queues=["slow"], read_only=True, time_limit=60
    )

    record = bob.get(f"{JOBS}{job.pk}/").json()

    assert record["id"] == str(job.pk)
    assert record["url"] == f"http://testserver{JOBS}{job.pk}/"
    assert record["class_path"] == "git.netops/devices/CreateDevices"
    assert (record["source"], record["module_name"], record["job_class_name"]) == (
        "git",
        "devices",
        "CreateDevices",
    )
    assert (record["read_only"], record["time_limit"], record["task_queues"]) == (True, 60, ["slow"])
    assert record["git_repository"]["slug"] == "netops"
    assert record["effective_commit"] == "c" * 40
    assert record["load_error"] is None
    assert record["tags"] == []
    assert not [name for name in record if name.endswith("_override") and record[name]]


def test_every_key_that_clients_know_is_there(bob, job):
    record = bob.get(f"{JOBS}{job.pk}/").json()

    overridable = [
        "grouping",
        "name",
        "description",
        "approval_required",
        "commit_default",
        "hidden",
        "read_only",
        "soft_time_limit",
        "time_limit",
        "has_sensitive_variables",
        "task_queues",
    ]
    others = [
        "id",
        "url",
        "display",
        "source",
        "module_name",
        "job_class_name",
        "slug",
        "installed",
        "enabled",
        "is_job_hook_receiver",
        "is_job_button_receiver",
        "tags",
        "created",
        "last_updated",
        "class_path",
        "git_repository",
        "effective_commit",
        "load_error",
    ]
    assert set(record) == {*overridable, *others, *(f"{name}_override" for name in overridable)}


def test_a_newer_version_that_does_not_load_is_told(bob, job):
    error = LoadError(
        message="SyntaxError: invalid syntax", path="example.py", line=3, traceback="Traceback…"
    )
    lease = take_lease(job.module.source)
    facts = RevisionFacts(identifier="d" * 40, snapshot_digest="d" * 64)
    publish(lease, facts, [ModuleReport(module="example", path="example.py", error=error)])

    record = bob.get(f"{JOBS}{job.pk}/").json()

    assert record["effective_commit"] == "c" * 40
    assert record["load_error"] == {
        "commit": "d" * 40,
        "path": "example.py",
        "line": 3,
        "message": "SyntaxError: invalid syntax",
        "traceback": "Traceback…",
    }


def test_variables_in_declaration_order_with_what_applies_to_them(bob):
    choices = [["a", "A"], ["b", "B"]]
    job = published(
        "example",
        "Vars",
        variable("foo", description="Say it", min_length=2, regex="^a", default="abc", has_default=True),
        variable("bar", "IntegerVar", min_value=0, max_value=9, required=False),
        variable("pick", "ChoiceVar", choices=choices),
        variable(
            "site", "ObjectVar", model="dcim.site", query_params={"region": "$region"}, null_option="None"
        ),
        variable("net", "IPNetworkVar", min_prefix_length=0),
        variable("password", default="hunter2", has_default=True, secret=True),
        variable("nothing", default=None, has_default=True),
    )

    answer = bob.get(f"{JOBS}{job.pk}/variables/")

    common = {"help_text": "", "required": True}
    assert answer.json() == [
        {**common, "name": "foo", "type": "StringVar", "label": "Foo", "help_text": "Say it"}
        | {"min_length": 2, "regex": "^a", "default": "abc"},
        {**common, "name": "bar", "type": "IntegerVar", "label": "Bar", "required": False}
        | {"min_value": 0, "max_value": 9},
        {**common, "name": "pick", "type": "ChoiceVar", "label": "Pick", "choices": choices},
        {**common, "name": "site", "type": "ObjectVar", "label": "Site", "model": "dcim.site"}
        | {"query_params": QUERY, "null_option": "None", "display_field": "display"},
        {**common, "name": "net", "type": "IPNetworkVar", "label": "Net", "min_prefix_length": 0},
        {**common, "name": "password", "type": "StringVar", "label": "Password", "secret": True},
        {**common, "name": "nothing", "type": "StringVar", "label": "Nothing", "default": None},
    ]
    assert b"hunter2" not in answer.content


@pytest.mark.parametrize("method", ["patch", "put"])
def test_a_job_is_disabled_and_enabled_again(alice, job, method):
    off = getattr(alice, method)(f"{JOBS}{job.pk}/", {"enabled": False})
    stored = Job.objects.get().enabled
    on = getattr(alice, method)(f"{JOBS}{job.pk}/", {"enabled": True})

    assert (off.status_code, off.json()["enabled"], stored) == (200, False, False)
    assert on.json()["enabled"] is True


def test_a_disabled_job_stays_so_when_its_source_is_published_again(alice, job):
    alice.patch(f"{JOBS}{job.pk}/", {"enabled": False})

    published("example", "Hello", at="d" * 40)

    assert alice.get(f"{JOBS}{job.pk}/").json()["enabled"] is False


def test_what_a_client_got_may_be_sent_back(alice, job):
    record = alice.get(f"{JOBS}{job.pk}/").json()

    answer = alice.put(f"{JOBS}{job.pk}/", {**record, "enabled": False})

    assert answer.status_code == 200
    assert answer.json()["enabled"] is False


def test_an_override_that_would_have_no_effect_is_not_accepted_silently(alice, job):
    answer = alice.patch(f"{JOBS}{job.pk}/", {"name": "Other", "hidden_override": True, "enabled": False})

    assert answer.status_code == 400
    assert sorted(answer.json()) == ["hidden_override", "name"]
    assert Job.objects.get().enabled


def test_what_comes_from_the_source_cannot_be_written(alice, job):
    """PM-09: published revision, error, paths, ids and state are read-only."""
    before = alice.get(f"{JOBS}{job.pk}/").json()
    sent = {
        "id": "00000000-0000-0000-0000-000000000000",
        "slug": "other",
        "source": "git",
        "module": "x",
        "module_name": "x",
        "job_class_name": "x",
        "class_path": "local/x/X",
        "installed": False,
        "spec_json": {},
        "effective_commit": "e" * 40,
        "load_error": {"message": "x"},
        "created": "2000-01-01T00:00:00Z",
    }

    answer = alice.patch(f"{JOBS}{job.pk}/", sent)

    after = alice.get(f"{JOBS}{job.pk}/").json()
    assert answer.status_code == 200
    assert {**after, "last_updated": None} == {**before, "last_updated": None}


@pytest.mark.parametrize("body", [{"enabled": "perhaps"}, {"enabled": None}, [], "x"])
def test_a_change_that_is_none(alice, job, body):
    assert alice.patch(f"{JOBS}{job.pk}/", body).status_code == 400


def test_only_jobs_that_left_their_source_can_be_deleted(alice, job):
    refused = alice.delete(f"{JOBS}{job.pk}/")
    result = result_of(job)
    published("other", "Job", at="d" * 40)
    deleted = alice.delete(f"{JOBS}{job.pk}/")

    assert refused.status_code == 409
    assert "installed" in refused.json()["detail"]
    assert deleted.status_code == 204
    assert not Job.objects.filter(pk=job.pk).exists()
    assert JobResult.objects.get(pk=result.pk).job_model is None
    assert Module.objects.count() == 2


@pytest.mark.parametrize("method", ["patch", "put", "delete"])
def test_changing_jobs_is_a_permission_of_its_own(bob, job, method):
    answer = getattr(bob, method)(f"{JOBS}{job.pk}/", {"enabled": False})

    assert answer.status_code == 403
    assert Job.objects.get().enabled


def test_who_may_change_jobs_may_disable_one(job):
    erin = caller("erin", "view_job", "change_job")

    assert erin.patch(f"{JOBS}{job.pk}/", {"enabled": False}).status_code == 200


@pytest.mark.parametrize("path", ["{pk}/", "{pk}/variables/"])
def test_reading_needs_view(charlie, job, path):
    answer = charlie.get(f"{JOBS}{path.format(pk=job.pk)}")

    assert answer.status_code == 403
    assert answer.json() == {"detail": "This user does not have permission to view jobs."}
