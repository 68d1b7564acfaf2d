"""F164: every way to a run asks whether this user may run this job."""

from __future__ import annotations

import ast
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from django.contrib.contenttypes.models import ContentType
from django.test import Client
from tests.server.api.cast import alive, caller, published, result_of, variable
from tests.server.grants import grant
from tests.server.receivers.cast import button_on, hook_on, receivers, region, take_calls
from tests.server.schedules.cast import NOW, scheduled

import jobyard_server
from jobyard_server.access.models import User
from jobyard_server.changes.acting import acting
from jobyard_server.changes.models import PlannedChange
from jobyard_server.cli.errors import WrongUsageError
from jobyard_server.cli.running import Order, carry_out
from jobyard_server.cli.running_again import repeat
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.runs.models import JobResult
from jobyard_server.schedules.firing import Firing
from jobyard_server.schedules.models import ScheduledJob

pytestmark = pytest.mark.django_db
PATH = "local/example/Hello"

#: Where a run may begin, and in which file: a new door needs a line here and a way to try it below.
CALLERS = {
    "submit": {"changes/apply.py", "cli/running.py", "receivers/calls.py", "runs/again.py"}
    | {"schedules/firing.py", "schedules/request.py"},
    "submit_checked": {"runs/submit.py", "schedules/approval.py"},
    "accept": {"api/jobs/run.py", "ui/jobs/form_post.py", "ui/receivers/press_button.py"},
    "run_again": {"api/job_results/provenance.py", "cli/running_again.py", "ui/results/views.py"},
    "apply_plan": {"api/changes/apply.py", "ui/changes/plan_view.py", "ui/jobs/form_post.py"},
    "try_out": {"api/scheduled_jobs/endpoints.py", "ui/schedules/views.py"},
}


class Doors:
    """Mallory may view everything here, and run another job."""

    def __init__(self) -> None:
        alive("worker", ["default"])
        what = {"has_sensitive_variables": False}
        self.job = published("example", "Hello", variable("who", required=False), **what)
        self.mallory = caller("mallory")
        for name in ("job", "jobresult", "scheduledjob", "region"):
            grant(self.mallory.user, f"view_{name}", app="dcim" if name == "region" else "extras")
        grant(self.mallory.user, "change_scheduledjob", "approve_job")
        grant(self.mallory.user, "run_job", constraints={"job_class_name": "Another"})
        self.page = Client()
        self.page.force_login(self.mallory.user)
        self.admin = User.objects.create(username="admin", is_superuser=True)

    def result(self, **values: Any) -> JobResult:
        return result_of(self.job, user=self.mallory.user, inputs={}, has_sensitive_variables=False, **values)

    def dry_run(self) -> JobResult:
        made = self.result(commit=False, data_committed=False)
        kind = ContentType.objects.get_for_model(Region)
        PlannedChange.objects.create(
            job_result=made, sequence=1, time=NOW, action="create", changed_object_type=kind,
            changed_object_id=made.pk, object_repr="North", after={"name": "North"},
        )  # fmt: skip
        return made

    def request(self) -> ScheduledJob:
        """Of somebody else, waiting for an approval."""
        job = published("example", "Hello", approval_required=True, has_sensitive_variables=False)
        made = scheduled(job, self.admin)
        assert made.approval == "pending"
        return made


def _page(doors: Doors) -> Any:
    return doors.page.post(f"/extras/jobs/{PATH}/", {}).status_code


def _rest_by_path(doors: Doors) -> Any:
    return doors.mallory.post(f"/api/extras/jobs/{PATH}/run/", {}, format="json").status_code


def _rest_by_id(doors: Doors) -> Any:
    return doors.mallory.post(f"/api/extras/jobs/{doors.job.pk}/run/", {}, format="json").status_code


def _rest_schedule(doors: Doors) -> Any:
    wish = {"interval": "daily", "name": "x", "start_time": NOW.isoformat()}
    address = f"/api/extras/jobs/{doors.job.pk}/run/"
    return doors.mallory.post(address, {"schedule": wish}, format="json").status_code


def _again_page(doors: Doors) -> Any:
    made = doors.result()
    answer = doors.page.post(f"/extras/jobs/results/{made.pk}/again/", follow=True)
    made.delete()
    return "It was not started" in answer.content.decode()


def _again_rest(doors: Doors) -> Any:
    made = doors.result()
    status = doors.mallory.post(f"/api/extras/job-results/{made.pk}/again/", {}, format="json").status_code
    made.delete()
    return status


def _apply_rest(doors: Doors) -> Any:
    made = doors.dry_run()
    status = doors.mallory.post(f"/api/extras/job-results/{made.pk}/apply/", {}, format="json").status_code
    made.delete()
    return status


def _apply_page(doors: Doors) -> Any:
    made = doors.dry_run()
    answer = doors.page.post(f"/extras/jobs/results/{made.pk}/apply/", follow=True)
    made.delete()
    return answer.status_code if answer.status_code != 200 else "permission" in answer.content.decode()


def _apply_form(doors: Doors) -> Any:
    made = doors.dry_run()
    status = doors.page.post(f"/extras/jobs/{PATH}/", {"_applies": str(made.pk)}).status_code
    made.delete()
    return status


def _approval_dry_run(doors: Doors) -> Any:
    address = f"/api/extras/scheduled-jobs/{doors.request().pk}/dry-run/"
    return doors.mallory.post(address, {}, format="json").status_code


def _button(doors: Doors) -> Any:
    button = button_on(Region, receivers()[1])
    told = {"object_type": "dcim.region", "object_id": str(region().pk)}
    return doors.page.post(f"/extras/job-buttons/{button.pk}/press/", told).status_code


def _command_line(doors: Doors) -> Any:
    with pytest.raises(WrongUsageError, match='User "mallory" does not have permission to run this job'):
        carry_out(Order(class_path=PATH, commit=True, username="mallory", waits=False))
    return True


def _command_line_again(doors: Doors) -> Any:
    made = doors.result()
    with pytest.raises(WrongUsageError, match='User "mallory" does not have permission to run this job'):
        repeat(made.pk, revision="latest", username="mallory", waits=False)
    made.delete()
    return True


#: Doors with somebody in front of them, who is told.
TOLD: dict[str, Callable[[Doors], Any]] = {
    "the page": _page,
    "REST by class path": _rest_by_path,
    "REST by id": _rest_by_id,
    "REST with a schedule": _rest_schedule,
    "re-run by page": _again_page,
    "re-run by REST": _again_rest,
    "applying a plan by REST": _apply_rest,
    "applying a plan by page": _apply_page,
    "applying a plan by the form": _apply_form,
    "the dry run of a request for approval": _approval_dry_run,
    "a job button": _button,
    "the command line": _command_line,
    "the command line, once more": _command_line_again,
}


@pytest.fixture
def doors(db):
    return Doors()


@pytest.mark.parametrize("door", TOLD)
def test_f164_every_door_refuses_a_user_without_run_on_that_job(doors, door):
    answer = TOLD[door](doors)

    assert answer in (403, 404, True), answer
    assert not JobResult.objects.exists()
    assert not ScheduledJob.objects.filter(user=doors.mallory.user).exists()


def test_f164_a_job_hook_refuses_too(doors):
    hook_on(Region, receivers()[0])
    with acting(doors.mallory.user):
        region()

    take_calls()

    result = JobResult.objects.get()
    assert (result.status, result.status_reason, result.started) == ("errored", "initialization", None)


@pytest.mark.parametrize("waits", [False, True], ids=["a schedule", "a request that was approved"])
def test_f164_what_was_asked_for_before_the_right_was_taken_away_is_refused(doors, waits):
    job = published("example", "Hello", approval_required=waits, has_sensitive_variables=False)
    bob = caller("bob", "run_job", "view_job")
    row = scheduled(job, bob.user)
    bob.user.object_permissions.clear()
    if waits:
        ScheduledJob.objects.filter(pk=row.pk).update(
            approval="approved", decided_by=doors.admin, next_at=NOW
        )

    Firing().fire_due(NOW)

    result = JobResult.objects.get()
    assert (result.status, result.status_reason, result.started) == ("errored", "initialization", None)
    assert "extras.run_job" in result.logs.get().message


def test_f164_the_doors_are_these():
    root = Path(jobyard_server.__file__).parent
    found: dict[str, set[str]] = {name: set() for name in CALLERS}
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in found:
                found[node.func.id].add(path.relative_to(root).as_posix())

    assert found == CALLERS
