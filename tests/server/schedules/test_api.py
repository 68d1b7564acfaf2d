"""Schedules and approvals by REST, in the words that clients know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from tests.server.api.cast import caller, published, variable
from tests.server.schedules.cast import nightly

from jobyard_server.registry.models import Module
from jobyard_server.runs.models import InputFile, JobResult
from jobyard_server.schedules.firing import Firing
from jobyard_server.schedules.models import ScheduledJob

pytestmark = pytest.mark.django_db
JOBS, SCHEDULES = "/api/extras/jobs/", "/api/extras/scheduled-jobs/"
START = "Please enter a valid date and time greater than or equal to the current date and time."
NAME = "Please provide a name for the job schedule."
TOO_LONG = "Ensure this field has no more than 255 characters."
KEYS = """
id url name user job_model task interval queue job_class last_run_at total_run_count date_changed description
approved_by_user approval_required approved_at crontab start_time time_zone enabled disabled_reason state
next_run_at display
"""
CRONTAB = "Please enter a valid crontab."


@pytest.fixture
def carol(db):
    """Decides about requests."""
    rights = ("view_job", "run_job", "approve_job", "view_jobresult")
    return caller("carol", *rights, "view_scheduledjob", "change_scheduledjob", "delete_scheduledjob")


def ahead(seconds):
    return (timezone.now() + timedelta(seconds=seconds)).isoformat()


def ask(who, job, schedule=None, **body):
    sent = {"data": {"who": "Ada"}, "schedule": schedule, **body}
    return who.post(f"{JOBS}{job.pk}/run/", sent, format="json")


def requested(who, job, schedule=None, **body):
    answer = ask(who, job, schedule, **body)
    assert answer.status_code == 201, answer.json()
    return ScheduledJob.objects.get(pk=answer.json()["schedule"]["id"])


class TestScheduling:
    def test_both_forms_answer_with_the_schedule_and_start_nothing(self, bob):
        job, start = nightly(), ahead(3600)
        sent = {"schedule": {"name": "Nightly", "interval": "daily", "start_time": start}}

        by_record = bob.post(f"{JOBS}{job.pk}/run/", sent, format="json")
        by_path = bob.post(f"{JOBS}{job.class_path}/run/", sent, format="json")

        assert by_record.status_code == 201
        answer = by_record.json()
        assert answer["job_result"] is None
        assert datetime.fromisoformat(answer["schedule"].pop("start_time")) == datetime.fromisoformat(start)
        assert {key: answer["schedule"][key] for key in ("name", "interval", "crontab")} == {
            "name": "Nightly",
            "interval": "daily",
            "crontab": "",
        }
        assert by_path.status_code == 200
        assert by_path.json()["result"] is None
        assert by_path.json()["schedule"]["name"] == "Nightly"
        assert not JobResult.objects.exists()

    @pytest.mark.parametrize(
        ("schedule", "errors"),
        [
            ({}, {"interval": ["This field is required."]}),
            ({"interval": "yearly"}, {"interval": ['"yearly" is not a valid choice.']}),
            ({"interval": "future"}, {"name": [NAME], "start_time": [START]}),
            ({"interval": "daily", "name": "x", "start_time": "soon"}, {"start_time": [START]}),
            ({"interval": "daily", "name": "x", "start_time": 5}, {"start_time": [START]}),
            ({"interval": "future", "name": "x", "start_time": "2020-01-01T00:00Z"}, {"start_time": [START]}),
            ({"interval": "future", "name": "x", "start_time": "9999-12-31T23:59Z"}, {"start_time": [START]}),
            ({"interval": "custom", "name": "x"}, {"crontab": [CRONTAB]}),
            ({"interval": "custom", "name": "x", "crontab": "@reboot"}, {"crontab": [CRONTAB]}),
            ({"interval": "custom", "name": "x" * 300, "crontab": "* * * * *"}, {"name": [TOO_LONG]}),
            (
                {"interval": "custom", "name": "x", "crontab": "* * * * *", "time_zone": "../etc"},
                {"time_zone": ["Use the name of a time zone, such as Europe/Berlin."]},
            ),
        ],
    )  # fmt: skip
    def test_f124_f130_what_makes_no_sense(self, bob, schedule, errors):
        answer = ask(bob, nightly(), schedule)

        assert (answer.status_code, answer.json()) == (400, {"schedule": errors})
        assert not ScheduledJob.objects.exists()

    @pytest.mark.parametrize(("seconds", "status"), [(14, 400), (17, 201)])
    def test_f130_how_far_ahead(self, bob, seconds, status):
        answer = ask(bob, nightly(), {"interval": "future", "name": "x", "start_time": ahead(seconds)})

        assert answer.status_code == status

    def test_forms_get_their_own_names(self, bob):
        sent = {"_schedule_interval": "custom", "_schedule_crontab": "* *"}

        answer = bob.post(f"{JOBS}{nightly().pk}/run/", sent, format="multipart")

        assert answer.json() == {"_schedule_name": [NAME], "_schedule_crontab": [CRONTAB]}

    def test_times_without_a_zone_are_in_the_zone_of_the_schedule(self, bob):
        schedule = {
            "interval": "future",
            "name": "x",
            "start_time": "2040-06-01T12:00",
            "time_zone": "Europe/Berlin",
        }

        row = requested(bob, nightly(), schedule)

        assert row.next_at == datetime(2040, 6, 1, 10, tzinfo=UTC)

    def test_an_author_can_refuse_schedules(self, bob):
        answer = ask(
            bob,
            nightly(scheduling_enabled=False),
            {"interval": "custom", "name": "x", "crontab": "* * * * *"},
        )

        assert answer.status_code == 400
        assert "author" in answer.json()["schedule"]["interval"][0]

    def test_secrets_are_never_kept_for_later(self, bob):
        job = published("example", "Secretive", variable("who", secret=True), has_sensitive_variables=False)

        answer = ask(bob, job, {"interval": "custom", "name": "x", "crontab": "* * * * *"})

        assert answer.status_code == 400
        assert not ScheduledJob.objects.exists()

    def test_wrong_inputs_come_back_at_once(self, bob):
        answer = ask(
            bob, nightly(), {"interval": "custom", "name": "x", "crontab": "* * * * *"}, data={"x": 1}
        )

        assert answer.json() == {"errors": {"x": ["Job data contained an unknown property"]}}

    def test_the_run_names_its_schedule(self, alice):
        row = requested(alice, nightly(), {"interval": "custom", "name": "x", "crontab": "* * * * *"})
        Firing().fire_due(row.next_at)

        result = alice.get(f"/api/extras/job-results/{JobResult.objects.get().pk}/").json()

        assert result["schedule"]["id"] == str(row.pk)


class TestRecords:
    def test_what_a_record_says(self, alice):
        row = requested(alice, nightly(), {"interval": "custom", "name": "x", "crontab": "*/5 * * * *"})

        answer = alice.get(f"{SCHEDULES}{row.pk}/").json()

        assert set(answer) == set(KEYS.split())
        assert (answer["state"], answer["job_class"]) == ("active", "local/example/Nightly")
        assert alice.get(SCHEDULES).json()["results"] == [answer]

    def test_switching_off_and_on_and_forgetting(self, carol, alice):
        row = requested(alice, nightly(), {"interval": "custom", "name": "x", "crontab": "*/5 * * * *"})
        url = f"{SCHEDULES}{row.pk}/"

        off = carol.patch(url, {"enabled": False, "description": "for now"}, format="json").json()
        on = carol.patch(url, {"enabled": True}, format="json").json()

        assert (off["state"], off["next_run_at"], off["description"]) == ("disabled", None, "for now")
        assert (on["state"], on["next_run_at"] is None) == ("active", False)
        assert carol.delete(url).status_code == 204
        assert carol.get(url).status_code == 404

    def test_who_may_see_them(self, bob, alice):
        requested(alice, nightly(), {"interval": "custom", "name": "x", "crontab": "*/5 * * * *"})

        assert bob.get(SCHEDULES).status_code == 403

    def test_the_list_costs_the_same_whatever_its_length(self, alice, django_assert_max_num_queries):
        job = nightly()
        for _ in range(5):
            requested(alice, job, {"interval": "custom", "name": "x", "crontab": "*/5 * * * *"})

        with django_assert_max_num_queries(8):
            assert alice.get(SCHEDULES).json()["count"] == 5


@pytest.mark.usefixtures("worker")
class TestApproval:
    @pytest.fixture
    def job(self, db):
        return nightly(approval_required=True)

    def test_leaving_the_schedule_out_does_not_avoid_it(self, bob, job):
        row = requested(bob, job)

        assert (row.state, row.interval, row.next_at) == ("pending", "immediately", None)
        assert not JobResult.objects.exists()

    def test_f167_what_was_shown_is_what_runs(self, bob, carol, job):
        row = requested(bob, job)
        nightly(approval_required=True, at="d" * 40)

        answer = carol.post(f"{SCHEDULES}{row.pk}/approve/")

        assert answer.status_code == 200, answer.json()
        assert answer.json()["approved_by_user"]["username"] == "carol"
        result = JobResult.objects.get()
        assert (result.user, result.inputs) == (bob.user, {"who": "Ada"})
        assert result.origin["commit"] == "c" * 40

    def test_f167_own_requests(self, carol, job):
        row = requested(carol, job)

        answer = carol.post(f"{SCHEDULES}{row.pk}/approve/")

        assert (answer.status_code, answer.json()) == (403, "You cannot approve your own job request!")

    def test_f167_denied_is_for_ever(self, bob, carol, job):
        row = requested(bob, job)

        denied = carol.post(f"{SCHEDULES}{row.pk}/deny/")
        again = carol.post(f"{SCHEDULES}{row.pk}/approve/")
        carol.patch(f"{SCHEDULES}{row.pk}/", {"enabled": True}, format="json")
        Firing().fire_due(timezone.now() + timedelta(days=365))

        assert (denied.status_code, denied.json()) == (200, None)
        assert again.status_code == 409
        row.refresh_from_db()
        assert (row.state, row.decided_by) == ("denied", carol.user)
        assert not JobResult.objects.exists()

    @pytest.mark.parametrize(
        ("action", "text"),
        [
            ("approve", "You do not have permission to approve this request."),
            ("deny", "You do not have permission to deny this request."),
        ],
    )
    def test_who_may_decide(self, bob, job, action, text):
        row = requested(bob, job)
        viewer = caller("dora", "view_scheduledjob", "change_scheduledjob", "delete_scheduledjob")

        for who in (bob, viewer):
            answer = who.post(f"{SCHEDULES}{row.pk}/{action}/")
            assert (answer.status_code, answer.json()) == (403, {"detail": text})

    def test_read_only_tokens_decide_nothing(self, bob, carol, job):
        row = requested(bob, job)

        for action in ("approve", "deny", "dry-run"):
            assert carol.read_only().post(f"{SCHEDULES}{row.pk}/{action}/").status_code == 403

    def test_f130_an_approval_after_the_start_has_to_be_forced(self, bob, carol, job):
        row = requested(bob, job, {"interval": "future", "name": "x", "start_time": ahead(60)})
        ScheduledJob.objects.update(start_time=timezone.now() - timedelta(minutes=1))

        plain = carol.post(f"{SCHEDULES}{row.pk}/approve/")
        forced = carol.post(f"{SCHEDULES}{row.pk}/approve/?force=true")

        assert (plain.status_code, plain.json()[:31]) == (400, "The job's start time is in the ")
        assert forced.status_code == 200
        assert JobResult.objects.count() == 1

    def test_a_recurring_schedule_starts_when_approved_and_follows_what_is_published(self, bob, carol, job):
        row = requested(bob, job, {"interval": "custom", "name": "x", "crontab": "0 * * * *"})
        carol.post(f"{SCHEDULES}{row.pk}/approve/")
        nightly(approval_required=True, at="d" * 40)
        row.refresh_from_db()

        Firing().fire_due(row.next_at)

        assert JobResult.objects.get().origin["commit"] == "d" * 40

    def test_f167_other_code_asks_again_where_that_is_wanted(self, bob, carol, job, settings):
        settings.JOBYARD = {**settings.JOBYARD, "REAPPROVE_ON_CHANGE": True}
        row = requested(bob, job, {"interval": "custom", "name": "x", "crontab": "0 * * * *"})
        carol.post(f"{SCHEDULES}{row.pk}/approve/")
        nightly(approval_required=True, at="d" * 40)
        row.refresh_from_db()

        Firing().fire_due(row.next_at)

        row.refresh_from_db()
        assert row.state == "pending"
        assert not JobResult.objects.exists()

    def test_f167_a_push_that_does_not_touch_the_module_asks_nobody(self, bob, carol, job, settings):
        settings.JOBYARD = {**settings.JOBYARD, "REAPPROVE_ON_CHANGE": True}
        Module.objects.update(fingerprint="f" * 64)
        row = requested(bob, job, {"interval": "custom", "name": "x", "crontab": "0 * * * *"})
        carol.post(f"{SCHEDULES}{row.pk}/approve/")
        nightly(approval_required=True, at="d" * 40)
        row.refresh_from_db()

        Module.objects.update(fingerprint="f" * 64)  # another snapshot, and the same inspection
        Firing().fire_due(row.next_at)
        row.refresh_from_db()
        ran = JobResult.objects.count()
        Module.objects.update(fingerprint="e" * 64)
        Firing().fire_due(row.next_at)
        row.refresh_from_db()

        assert (ran, JobResult.objects.count(), row.state) == (1, 1, "pending")
        assert (row.fingerprint, row.revision.identifier) == ("e" * 64, "d" * 40)

    def test_a_dry_run_shows_what_it_would_do_and_the_request_waits(self, bob, carol, job):
        row = requested(bob, job)

        answer = carol.post(f"{SCHEDULES}{row.pk}/dry-run/")

        assert (answer.status_code, answer.json()["commit"]) == (200, False)
        result = JobResult.objects.get()
        assert (result.user, result.inputs) == (carol.user, {"who": "Ada"})
        row.refresh_from_db()
        assert row.state == "pending"

    def test_a_dry_run_of_what_is_decided(self, bob, carol, job):
        row = requested(bob, job)
        carol.post(f"{SCHEDULES}{row.pk}/deny/")

        answer = carol.post(f"{SCHEDULES}{row.pk}/dry-run/")

        assert (answer.status_code, answer.json()) == (
            405,
            {"detail": "This job cannot be dry-run at this time."},
        )

    def test_files_wait_with_the_request(self, bob, carol):
        job = published(
            "example",
            "Reader",
            variable("text", "FileVar"),
            has_sensitive_variables=False,
            approval_required=True,
        )

        def asked():
            sent = {"text": SimpleUploadedFile("a.txt", b"some bytes")}
            answer = bob.post(f"{JOBS}{job.pk}/run/", sent, format="multipart")
            assert answer.status_code == 201, answer.json()
            return answer.json()["schedule"]["id"]

        first, second = asked(), asked()
        assert carol.post(f"{SCHEDULES}{first}/dry-run/").status_code == 200
        assert carol.post(f"{SCHEDULES}{first}/approve/").status_code == 200
        assert carol.post(f"{SCHEDULES}{second}/deny/").status_code == 200

        kept = InputFile.objects.all()
        assert {file.job_result.commit for file in kept} == {True, False}
        assert [bytes(file.chunks.get().content) for file in kept] == [b"some bytes"] * 2
