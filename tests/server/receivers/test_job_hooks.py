"""Job hooks: set up by REST, started by changes, once each (jobs-behaviour §12)."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from tests.server.grants import grant
from tests.server.receivers.cast import hook_on, receivers, region, take_calls

from jobyard_server.changes.acting import acting
from jobyard_server.changes.models import ObjectChange
from jobyard_server.inventory.dcim.models import Region, Site
from jobyard_server.receivers import calls
from jobyard_server.receivers.calls import HookCalls
from jobyard_server.receivers.models import NO_TYPE, JobHook, JobHookCall
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.provenance import provenance
from jobyard_server.runs.retry import retry

HOOKS = "/api/extras/job-hooks/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def receiver(db):
    return receivers()[0]


@pytest.fixture
def hook(receiver):
    return hook_on(Region, receiver)


def body_of(job, **values):
    known = {"name": "On regions", "content_types": ["dcim.region"], "job": str(job.pk), "type_create": True}
    return {**known, **values}


class TestRest:
    def test_a_hook_is_created_read_changed_and_deleted(self, alice, receiver):
        made = alice.post(HOOKS, body_of(receiver), format="json")

        assert made.status_code == 201, made.data
        assert {"id", "url", "name", "content_types", "job", "enabled"} <= set(made.data)
        assert (made.data["type_create"], made.data["type_update"], made.data["type_delete"]) == (
            True,
            False,
            False,
        )
        assert made.data["job"]["url"].endswith(f"/api/extras/jobs/{receiver.pk}/")
        one = f"{HOOKS}{made.data['id']}/"
        assert alice.patch(one, {"enabled": False}, format="json").data["enabled"] is False
        assert alice.get(HOOKS, {"name": "On regions"}).data["count"] == 1
        assert alice.delete(one).status_code == 204
        log = ObjectChange.objects.filter(changed_object_id=made.data["id"])
        assert set(log.values_list("action", flat=True)) == {"create", "update", "delete"}
        assert set(log.values_list("user_name", flat=True)) == {"alice"}

    def test_at_least_one_type_is_needed(self, alice, receiver):
        answer = alice.post(HOOKS, body_of(receiver, type_create=False), format="json")

        assert answer.status_code == 400
        assert [str(text) for text in answer.data["__all__"]] == [NO_TYPE]

    def test_one_hook_per_content_type_job_and_action(self, alice, receiver, hook):
        answer = alice.post(HOOKS, body_of(receiver, type_delete=True), format="json")

        assert answer.status_code == 400
        assert answer.data == {
            "type_create": ["A job hook already exists for create on dcim.region to job Hook"],
            "type_delete": ["A job hook already exists for delete on dcim.region to job Hook"],
        }
        assert JobHook.objects.count() == 1

    def test_the_rule_holds_for_changes_too_and_not_against_itself(self, alice, receiver, hook):
        other = alice.post(HOOKS, body_of(receiver, content_types=["dcim.site"]), format="json").data["id"]

        assert alice.patch(f"{HOOKS}{hook.pk}/", {"type_update": True}, format="json").status_code == 200
        answer = alice.patch(f"{HOOKS}{other}/", {"content_types": ["dcim.region"]}, format="json")
        assert answer.status_code == 400
        assert "type_create" in answer.data

    def test_a_job_that_is_no_receiver_is_refused(self, alice, receiver):
        plain = Job.objects.get(job_class_name="Plain")

        answer = alice.post(HOOKS, body_of(plain), format="json")

        assert (answer.status_code, list(answer.data)) == (400, ["job"])

    def test_kinds_that_no_change_is_logged_of_are_refused(self, alice, receiver):
        answer = alice.post(HOOKS, body_of(receiver, content_types=["extras.jobresult"]), format="json")

        assert (answer.status_code, list(answer.data)) == (400, ["content_types"])

    @pytest.mark.parametrize(("right", "method"), [("view", "get"), ("add", "post"), ("delete", "delete")])
    def test_each_call_needs_its_own_permission(self, charlie, receiver, hook, right, method):
        one = f"{HOOKS}{hook.pk}/"
        args = {
            "get": (one,),
            "post": (HOOKS, body_of(receiver, content_types=["dcim.site"])),
            "delete": (one,),
        }
        call = getattr(charlie, method)

        assert call(*args[method], format="json").status_code == 403
        grant(charlie.user, f"{right}_jobhook", "view_job")
        charlie.user.refresh_from_db()
        assert call(*args[method], format="json").status_code in (200, 201, 204)


class TestStarting:
    @pytest.mark.parametrize("action", ["create", "update", "delete"])
    def test_a_change_starts_the_job_as_whoever_made_it(self, bob, receiver, action):
        row = region() if action != "create" else None
        hook = hook_on(Region, receiver, action)
        with acting(bob.user) as request_id:
            {
                "create": region,
                "update": lambda: Region.objects.filter(pk=row.pk).update(description="cold"),
                "delete": lambda: Region.objects.all().delete(),
            }[action]()

        take_calls()

        result = JobResult.objects.get()
        change = ObjectChange.objects.get(changed_object_type__model="region", action=action)
        assert (result.status, result.user, result.commit) == ("pending", bob.user, True)
        assert (result.inputs, result.job_hook) == ({"object_change": str(change.pk)}, hook.pk)
        assert result.request["id"] == str(request_id)
        assert result.request["META"] == {"SERVER_NAME": "jobyard_job_hook"}
        assert provenance(result)["requested_by"]["job_hook"] == str(hook.pk)
        assert not JobHookCall.objects.exists()

    def test_other_actions_and_other_kinds_start_nothing(self, bob, receiver):
        hook_on(Region, receiver, "delete")
        hook_on(Site, receiver)
        with acting(bob.user):
            region()

        take_calls()

        assert not JobResult.objects.exists()

    def test_nobody_needs_a_worker_for_it(self, bob, hook):
        """There is none in this test: the run waits for one."""
        with acting(bob.user):
            region()

        take_calls()

        assert JobResult.objects.get().status == "pending"

    def test_a_change_that_is_rolled_back_starts_nothing(self, bob, hook):
        with acting(bob.user), transaction.atomic():
            region()
            transaction.set_rollback(True)

        take_calls()

        assert not JobResult.objects.exists()

    def test_rows_written_in_bulk_start_a_run_each(self, bob, hook, monkeypatch):
        monkeypatch.setattr(calls, "BATCH", 3)
        with acting(bob.user):
            Region.objects.bulk_create(Region(name=f"R{n}", slug=f"r{n}") for n in range(7))

        take_calls()

        assert JobResult.objects.count() == 7
        assert len({row.inputs["object_change"] for row in JobResult.objects.all()}) == 7

    def test_f164_the_hook_refuses_whoever_may_not_run_the_job(self, charlie, hook):
        with acting(charlie.user):
            region()

        take_calls()

        result = JobResult.objects.get()
        assert (result.status, result.status_reason, result.user) == (
            "errored",
            "initialization",
            charlie.user,
        )
        assert "extras.run_job" in result.logs.get().message
        assert not JobHookCall.objects.exists()

    def test_f164_constraints_of_the_permission_hold(self, charlie, hook):
        grant(charlie.user, "run_job", constraints={"job_class_name": "Another"})
        with acting(charlie.user):
            region()

        take_calls()

        assert JobResult.objects.get().status == "errored"

    def test_a_change_that_nobody_is_known_to_have_made_is_refused(self, hook):
        region()

        take_calls()

        assert "Nobody is known" in JobResult.objects.get().logs.get().message

    def test_a_disabled_hook_starts_nothing_and_logs_why(self, bob, hook, caplog):
        JobHook.objects.update(enabled=False)
        with acting(bob.user):
            region()
            region("South")

        with caplog.at_level(logging.WARNING):
            take_calls()

        assert not JobResult.objects.exists()
        assert not JobHookCall.objects.exists()
        (record,) = caplog.records
        assert ("disabled" in record.message, record.changes, record.name_of_hook) == (True, 2, hook.name)

    @pytest.mark.parametrize("values", [{"enabled": False}, {"installed": False}])
    def test_a_job_that_cannot_run_starts_nothing_and_logs_why(self, bob, hook, caplog, values):
        Job.objects.filter(pk=hook.job_id).update(**values)
        with acting(bob.user):
            region()

        with caplog.at_level(logging.WARNING):
            take_calls()

        assert not JobResult.objects.exists()
        assert "cannot be run" in caplog.text or "not enabled" in caplog.text

    def test_a_hook_that_is_deleted_meanwhile_leaves_nothing_behind(self, bob, hook):
        with acting(bob.user):
            region()
        hook.delete()

        take_calls()

        assert not JobResult.objects.exists()
        assert not JobHookCall.objects.exists()

    def test_one_call_that_goes_wrong_does_not_stop_the_others(self, bob, hook, monkeypatch):
        with acting(bob.user):
            region()
            region("South")
        real, poisoned = calls.submit, str(ObjectChange.objects.order_by("id").last().pk - 1)

        def submit(asked):
            if asked.data["object_change"] == poisoned:
                raise ZeroDivisionError
            return real(asked)

        monkeypatch.setattr(calls, "submit", submit)
        chore = HookCalls()
        chore.start_called()
        chore.start_called()

        assert JobResult.objects.count() == 1
        assert JobHookCall.objects.count() == 1  # kept for later
        monkeypatch.setattr(calls, "submit", real)
        take_calls()
        assert JobResult.objects.count() == 2


class TestTheLoopRule:
    def as_run(self, result):
        """The triggers are told as the child of a run tells them."""
        JobResult.objects.filter(pk=result.pk).update(change_key="00000000-0000-4000-8000-000000000001")
        claimed = f"{result.pk} 00000000-0000-4000-8000-000000000001"
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('jobyard.run', %s, true)", [claimed])

    def test_changes_made_by_a_hook_run_start_no_hooks(self, bob, hook):
        with acting(bob.user):
            region()
        take_calls()
        self.as_run(JobResult.objects.get())

        region("South")

        assert ObjectChange.objects.filter(run_id=JobResult.objects.get().pk).exists()
        assert not JobHookCall.objects.exists()

    def test_nor_do_those_of_another_attempt_at_it(self, bob, receiver, hook):
        with acting(bob.user):
            region()
        take_calls()
        first = JobResult.objects.get()
        first.max_retries = 1

        again = retry(first, "worker_lost", data_committed=False)

        assert again is not None
        assert again.job_hook == hook.pk

    def test_changes_made_by_any_other_run_do(self, bob, hook):
        result = JobResult.objects.create(
            name="x", obj_type=ContentType.objects.get_for_model(Job), user=bob.user, status="running"
        )
        self.as_run(result)
        region()
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('jobyard.run', '', true)")

        take_calls()

        assert JobResult.objects.get(job_hook=hook.pk).user == bob.user


@pytest.mark.django_db(transaction=True)
class TestSeveralSchedulers:
    def test_two_of_them_start_each_call_once(self, bob, hook):
        with acting(bob.user):
            Region.objects.bulk_create(Region(name=f"R{n}", slug=f"r{n}") for n in range(10))
        together = threading.Barrier(2)

        def take() -> None:
            together.wait()
            take_calls()
            connections.close_all()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _number: take(), range(2)))
        take_calls()

        assert JobResult.objects.count() == 10
        assert len({row.inputs["object_change"] for row in JobResult.objects.all()}) == 10

    def test_a_scheduler_that_dies_before_the_end_leaves_the_call(self, bob, hook, monkeypatch):
        with acting(bob.user):
            region()

        class Died(BaseException):
            pass

        def die(**_values):
            raise Died

        monkeypatch.setattr(JobHookCall, "delete", lambda _self: die())
        with pytest.raises(Died):
            HookCalls().start_called()
        monkeypatch.undo()
        assert not JobResult.objects.exists()

        take_calls()

        assert JobResult.objects.count() == 1


def test_a_call_costs_the_same_however_many_there_are(bob, hook):
    with acting(bob.user):
        region()
    with CaptureQueriesContext(connection) as one:
        take_calls()
    with acting(bob.user):
        Region.objects.bulk_create(Region(name=f"R{n}", slug=f"r{n}") for n in range(5))
    with CaptureQueriesContext(connection) as five:
        take_calls()

    idle = 2  # the look for what is to be dropped, and for what waits
    assert len(five) - idle <= 5 * (len(one) - idle)
    assert len(one) - idle <= 25
