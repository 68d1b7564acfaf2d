"""Jobs by id: jobs-behaviour §13.4 and §13.5."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.server.api.cast import caller, git_source, published, put, result_of, variable

from jobyard.spec import JobSpec, LoadError, ModuleReport
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import Job, Module
from jobyard_server.registry.publish import RevisionFacts, publish
from jobyard_server.registry.sources import local_source
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db

JOBS = "/api/extras/jobs/"
SPEC = JobSpec(module="example", class_name="Hello", name="Hello", grouping="example", path="example.py")
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


def test_a_value_that_is_sent_overrides_that_of_the_code(alice, job):
    answer = alice.patch(f"{JOBS}{job.pk}/", {"name": "Other", "hidden_override": True, "time_limit": 9})

    record = answer.json()
    assert answer.status_code == 200
    assert (record["name"], record["name_override"]) == ("Other", True)
    assert (record["hidden"], record["hidden_override"]) == (False, True)
    assert (record["time_limit"], record["time_limit_override"]) == (9, True)
    assert record["grouping_override"] is False
    assert alice.get(f"{JOBS}?api_version=1.3&name=Other").json()["count"] == 1


def test_decisions_outlive_syncs_and_end_when_somebody_says_so(alice, job):
    """F205"""
    alice.patch(f"{JOBS}{job.pk}/", {"name": "Other", "read_only": True, "enabled": False})
    for at in "defdef":
        published("example", "Hello", at=at * 40, name="Renamed in code")

    kept = alice.get(f"{JOBS}{job.pk}/").json()
    back = alice.patch(f"{JOBS}{job.pk}/", {"name_override": False}).json()

    assert (kept["name"], kept["read_only"], kept["enabled"]) == ("Other", True, False)
    assert (back["name"], back["name_override"], back["read_only"]) == ("Renamed in code", False, True)


def test_an_override_counts_when_the_job_runs(alice, job, worker):
    alice.patch(f"{JOBS}{job.pk}/", {"read_only": True, "time_limit": 7, "task_queues": ["slow"]})

    alice.post(f"{JOBS}{job.pk}/run/", {"commit": True})

    run = JobResult.objects.get()
    assert (run.commit, run.time_limit, run.task_queue) == (False, 7, "slow")


def test_a_job_cannot_be_sensitive_and_need_approval(alice, job):
    text = "A job with sensitive variables cannot also be marked as requiring approval"

    both = alice.patch(f"{JOBS}{job.pk}/", {"approval_required": True, "has_sensitive_variables": True})
    one = alice.patch(f"{JOBS}{job.pk}/", {"approval_required": True})
    fine = alice.patch(f"{JOBS}{job.pk}/", {"approval_required": True, "has_sensitive_variables": False})

    assert both.json() == {"approval_required": [text], "has_sensitive_variables": [text]}
    assert (both.status_code, one.status_code, one.json()) == (400, 400, {"approval_required": [text]})
    assert fine.json()["approval_required"] is True


def test_tags_of_a_job(alice, job):
    tagged = alice.patch(f"{JOBS}{job.pk}/", {"tags": ["nightly", {"name": "safe"}]}).json()

    assert [tag["name"] for tag in tagged["tags"]] == ["nightly", "safe"]
    assert alice.patch(f"{JOBS}{job.pk}/", {"tags": []}).json()["tags"] == []


def test_several_jobs_are_changed_or_none(alice):
    put(local_source(), SPEC, replace(SPEC, module="other"))
    first, second = Job.objects.order_by("module_name")
    bodies = [{"id": str(first.pk), "enabled": False}, {"id": str(second.pk), "time_limit": -1}]

    refused = alice.patch(JOBS, bodies)
    untouched = Job.objects.filter(enabled=True).count()
    done = alice.patch(JOBS, [{**body, "time_limit": 5} for body in bodies])

    assert refused.status_code == 400
    assert refused.json()[0] == {}
    assert "time_limit" in refused.json()[1]
    assert untouched == 2
    assert [row["time_limit"] for row in done.json()] == [5, 5]


def test_several_jobs_are_forgotten_or_none(alice, job):
    published("other", "Job", at="d" * 40)  # takes the first one away
    ids = [{"id": str(key)} for key in Job.objects.values_list("pk", flat=True)]

    assert alice.delete(JOBS, ids).status_code == 409
    assert alice.delete(JOBS, [{"id": str(job.pk)}]).status_code == 204
    assert Job.objects.count() == 1


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
