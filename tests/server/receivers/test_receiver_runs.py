"""Receivers in a real child: what they get, and what their changes start."""

from __future__ import annotations

from pathlib import Path

from tests.server.receivers.cast import button_on, hook_on, take_calls

from jobyard_server.changes.acting import acting
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.receivers.models import JobHookCall
from jobyard_server.runs.models import JobResult

FIXTURES = Path(__file__).parents[2] / "jobs" / "fixtures"
SNAPSHOTS = """
    from nautobot.extras.jobs import JobHookReceiver


    class Snapshots(JobHookReceiver):
        def receive_job_hook(self, change, action, changed_object):
            found = change.get_snapshots()
            self.log_info(message=f"{action} {changed_object} {found['differences']}")
"""


def texts(*names):
    return {name: (FIXTURES / f"{name}.py").read_text() for name in names}


def finished(service, **which):
    take_calls()
    return [service.finish(result) for result in JobResult.objects.filter(**which).order_by("created")]


def test_fx_hooks_each_change_is_heard_once(service):
    service.publish(**texts("fx_hooks"))
    hook_on(Region, service.job("fx_hooks", "Logs"))
    with acting(service.user):
        row = Region.objects.create(name="North", slug="north")
        row.description = "cold"
        row.save()
        row.delete()

    results = finished(service)

    assert [result.status for result in results] == ["completed"] * 3
    said = [service.rows(result)[0][2] for result in results]
    assert said == ["create by alice", "update by alice", "delete by alice"]
    assert results[2].logs.get().log_object is None  # nothing is left of it


def test_fx_hooks_what_a_hook_run_changes_is_kept_and_starts_nothing(service):
    service.publish(**texts("fx_hooks"))
    hook_on(Region, service.job("fx_hooks", "Changes"))
    with acting(service.user):
        Region.objects.create(name="North", slug="north")

    (result,) = finished(service)

    assert (result.status, result.commit, result.data_committed) == ("completed", True, True)
    assert Region.objects.get().description == "after create"
    assert not JobHookCall.objects.exists()


def test_fx_hooks_an_unimplemented_receiver_is_errored(service):
    service.publish(**texts("fx_hooks"))
    hook_on(Region, service.job("fx_hooks", "Unimplemented"))
    with acting(service.user):
        Region.objects.create(name="North", slug="north")

    (result,) = finished(service)

    assert (result.status, result.status_reason) == ("errored", "exception")
    assert "NotImplementedError" in service.rows(result)[0][2]


def test_the_change_has_snapshots(service):
    service.publish(snaps=SNAPSHOTS)
    row = Region.objects.create(name="North", slug="north")
    hook_on(Region, service.job("snaps", "Snapshots"), "update")
    with acting(service.user):
        row.name = "South"
        row.save()

    (result,) = finished(service)

    assert service.rows(result)[0][2] == (
        "update South {'removed': {'name': 'North'}, 'added': {'name': 'South'}}"
    )


def test_what_a_dry_run_changes_starts_no_hooks_and_what_a_commit_run_changes_does(service):
    job = """
        from nautobot.extras.jobs import Job
        from nautobot.dcim.models import Region


        class Makes(Job):
            def run(self, data, commit):
                Region.objects.create(name="North", slug="north")
    """
    service.publish(makes=job, **texts("fx_hooks"))
    hook = hook_on(Region, service.job("fx_hooks", "Logs"))

    service.run("makes", "Makes", commit=False)
    assert not JobHookCall.objects.exists()
    service.run("makes", "Makes", commit=True)

    (result,) = finished(service, job_hook=hook.pk)
    assert (result.status, result.user) == ("completed", service.user)


def test_fx_buttons_the_receiver_gets_the_row(service):
    service.publish(**texts("fx_buttons"))
    row = Region.objects.create(name="North", slug="north")
    told = {"object_pk": str(row.pk), "object_model_name": "dcim.region"}
    button_on(Region, service.job("fx_buttons", "Logs"))

    logs = service.run("fx_buttons", "Logs", told, commit=True)
    service.run("fx_buttons", "Changes", told, commit=True)
    without = service.run("fx_buttons", "Unimplemented", told, commit=True)

    assert (logs.status, logs.logs.get().log_object, logs.logs.get().message) == (
        "completed",
        "North",
        "pressed",
    )
    row.refresh_from_db()
    assert row.description == "pressed"
    assert (without.status, without.status_reason) == ("errored", "exception")
