"""From a dry run to the run that does it."""

from __future__ import annotations

import uuid

import pytest
from tests.server.api.cast import Caller, caller
from tests.server.changes.cast import line

from jobyard_server.changes.plan import Plan
from jobyard_server.changes.sameness import difference, digest, planned_rows
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.runs.models import JobResult

REGIONS = """
    from jobyard import Job, StringVar, TextVar
    from nautobot.dcim.models import Region


    class Regions(Job):
        name = StringVar()

        class Meta:
            has_sensitive_variables = False

        def run(self, data, commit):
            top = Region(name=data["name"], slug=data["name"].lower())
            top.validated_save()
            for name in {"a", "b", "c"}:
                Region(name=name, slug=name, parent=top, description="VERSION").validated_save()
            Region.objects.filter(slug="old").update(description="seen")


    class Idle(Job):
        class Meta:
            has_sensitive_variables = False

        def run(self, data, commit):
            pass


    class Sensitive(Regions):
        class Meta:
            has_sensitive_variables = True
"""

pytestmark = pytest.mark.django_db(transaction=True)


def dry_run(service, name="Regions"):
    service.publish(regions=REGIONS)
    return service.run("regions", name, {"name": "Top"}, commit=False)


def apply(service, result, caller=None, **body):
    return (caller or Caller(service.user)).post(
        f"/api/extras/job-results/{result.pk}/apply/", body, format="json"
    )


def finished(service, answer):
    assert answer.status_code == 201, answer.content
    return service.finish(JobResult.objects.get(pk=answer.json()["id"]))


def test_it_runs_the_same_inputs_at_the_same_revision(service):
    plan = dry_run(service)
    service.publish(regions=REGIONS.replace("VERSION", "newer"))

    result = finished(service, apply(service, plan, require_same_plan=True))

    assert (result.status, result.commit, result.data_committed) == ("completed", True, True)
    assert (result.revision_id, result.inputs, result.applies_id) == (plan.revision_id, plan.inputs, plan.pk)
    assert {row.description for row in Region.objects.exclude(parent=None)} == {"VERSION"}
    assert sorted(map(str, map(line, Plan(result)[0:9]))) == sorted(map(str, map(line, Plan(plan)[0:9])))


def test_nothing_is_kept_when_the_plan_would_be_another_one(service):
    plan = dry_run(service)
    Region.objects.create(name="Old", slug="old")

    result = finished(service, apply(service, plan, require_same_plan=True))

    assert (result.status, result.status_reason, result.data_committed) == ("errored", "plan_differs", False)
    assert list(Region.objects.values_list("slug", "description")) == [("old", "")]
    assert "not those of the plan that was approved" in service.rows(result)[0][2]
    missing, extra = difference(planned_rows(plan.pk), planned_rows(result.pk))
    assert missing == []
    assert [line(row) for row in Plan(result)[0:9] if row.sequence in extra] == [
        ("update", "dcim.region", "Old", {"description": ("", "seen")})
    ]


def test_without_the_requirement_other_changes_are_made(service):
    plan = dry_run(service)
    Region.objects.create(name="Old", slug="old")

    result = finished(service, apply(service, plan))

    assert result.status == "completed"
    assert Region.objects.get(slug="old").description == "seen"


def test_inputs_that_were_not_kept_must_come_again(service):
    plan = dry_run(service, "Sensitive")

    refused = apply(service, plan)
    result = finished(service, apply(service, plan, data={"name": "Top"}, require_same_plan=True))

    assert refused.status_code == 400
    assert 'Send them again: {"data": {"name": …}, "require_same_plan": true}.' in refused.json()["data"][0]
    assert result.status == "completed"


def test_what_cannot_be_applied_is_told_in_a_sentence(service):
    plan = dry_run(service)
    done = finished(service, apply(service, plan))
    idle = service.run("regions", "Idle", commit=False)
    waiting = service.submit("regions", "Regions", {"name": "x"}, commit=False)

    sentences = {done: "Only a dry run", idle: "no changes of this dry run", waiting: "came to its end"}
    for result, words in sentences.items():
        answer = apply(service, result)
        assert (answer.status_code, words in answer.json()["detail"]) == (409, True)
    assert apply(service, plan, require_same_plan="maybe").status_code == 400
    assert apply(service, plan, commit=True).status_code == 400


def test_applying_needs_the_right_to_see_and_to_run(service):
    plan = dry_run(service)

    assert apply(service, plan, caller("bob", "view_jobresult")).status_code == 403
    assert apply(service, plan, caller("charlie")).status_code == 403
    assert Region.objects.count() == 0


def test_keys_of_created_rows_and_the_order_make_no_difference():
    def rows(*kinds):
        keys = {kind: uuid.uuid4() for kind in kinds}
        made = [(kind, "create", kind, key, "x", None, {"id": str(key)}) for kind, key in keys.items()]
        return [*made, (9, "update", 2, keys[2], "x", {"tags": []}, {"tags": [str(keys[1])]})]

    assert digest(rows(1, 2)) == digest(rows(2, 1))
    assert digest(rows(1, 2)) != digest(rows(1, 2)[:2])
