"""Results: jobs-behaviour §9, §10.3, §10.5 and §13.2."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from tests.server.api.cast import caller, git_source, published, result_of, variable

from jobyard_server.registry.models import GitRepository, Job
from jobyard_server.runs.models import JobLogEntry, JobResult

pytestmark = pytest.mark.django_db

RESULTS = "/api/extras/job-results/"
COUNTERS = [
    {"grouping": "run", "rows": 1, "success": 0, "info": 1, "warning": 0, "failure": 0},
    {"grouping": "test_names", "rows": 1, "success": 1, "info": 0, "warning": 0, "failure": 0},
]


@pytest.fixture
def result(job, bob):
    stored = result_of(job, user=bob.user, counters=COUNTERS, output="done", author_data={"key": [1]})
    for number, (grouping, level) in enumerate([("run", "info"), ("test_names", "success")]):
        add_row(stored, number, grouping=grouping, log_level=level)
    return stored


def add_row(result, number, **values):
    row = {"message": f"row {number}", "created": timezone.now(), "sequence": number, **values}
    return JobLogEntry.objects.create(job_result=result, **row)


def test_a_result_says_all_that_clients_know(bob, job, result):
    shown = bob.get(f"{RESULTS}{result.pk}/").json()

    known = [
        "id",
        "url",
        "created",
        "completed",
        "name",
        "obj_type",
        "status",
        "user",
        "data",
        "job_id",
        "job_model",
        "job_kwargs",
        "schedule",
        "status_reason",
        "commit",
        "data_committed",
        "started",
        "duration",
        "task_queue",
        "source",
    ]
    assert not set(known) - set(shown)
    assert shown["id"] == shown["job_id"] == str(result.pk)
    assert shown["url"] == f"http://testserver{RESULTS}{result.pk}/"
    assert (shown["name"], shown["obj_type"]) == ("local/example/Hello", "extras.job")
    assert shown["status"] == {"value": "completed", "label": "Completed"}
    assert shown["job_model"]["id"] == str(job.pk)
    assert shown["job_model"]["url"] == f"http://testserver/api/extras/jobs/{job.pk}/"
    assert shown["user"]["username"] == "bob"
    assert shown["schedule"] is None
    assert (shown["cancel_requested"], shown["cancel_requested_by"]) == (False, None)


def test_the_data_of_the_detail_has_its_rows(bob, result):
    data = bob.get(f"{RESULTS}{result.pk}/").json()["data"]

    assert data["total"] == {"success": 1, "info": 1, "warning": 0, "failure": 0}
    assert [row[1:] for row in data["run"]["log"]] == [["info", None, None, "row 0"]]
    assert (data["output"], data["key"]) == ("done", [1])


def test_the_data_of_a_list_has_none(bob, result):
    (listed,) = bob.get(RESULTS).json()["results"]

    assert listed["data"]["run"]["log"] == []
    assert listed["data"]["run"]["info"] == 1


@pytest.mark.parametrize(
    ("query", "layout"),
    [
        ({}, "1.1"),
        ({"api_version": "1.1"}, "1.1"),
        ({"api_version": "1.2"}, "1.2"),
        ({"api_version": "1.6"}, "1.2"),
        ({"api_version": "1.6", "data_layout": "1.1"}, "1.1"),
        ({"data_layout": "1.2"}, "1.2"),
    ],
)
def test_the_layout_of_the_data(bob, result, query, layout):
    data = bob.get(f"{RESULTS}{result.pk}/", query).json()["data"]

    assert ("total" in data) is (layout == "1.1")
    assert data["output"] == "done"


@pytest.mark.parametrize("layout", ["1.3", "", "1.1 "])
def test_an_unknown_layout(bob, result, layout):
    answer = bob.get(f"{RESULTS}{result.pk}/", {"data_layout": layout})

    assert answer.status_code == 400
    assert list(answer.json()) == ["data_layout"]


def test_the_duration_is_told_when_it_is_known(bob, job):
    ended, running = result_of(job), result_of(job, "running")
    JobResult.objects.filter(pk=ended.pk).update(
        completed=ended.created + timedelta(seconds=64, milliseconds=120)
    )

    assert bob.get(f"{RESULTS}{ended.pk}/").json()["duration"] == "1 minutes, 4.12 seconds"
    assert bob.get(f"{RESULTS}{running.pk}/").json()["duration"] is None


def test_data_is_null_while_a_run_waits(bob, job):
    waiting = result_of(job, "pending")

    assert bob.get(f"{RESULTS}{waiting.pk}/").json()["data"] is None


@pytest.mark.parametrize("status", ["cancelled", "timed_out"])
def test_clients_of_a_version_know_three_ways_to_end(bob, job, status):
    result = result_of(job, status)

    real = bob.get(f"{RESULTS}{result.pk}/").json()["status"]
    folded = bob.get(f"{RESULTS}{result.pk}/", {"api_version": "1.3"}).json()["status"]
    found = bob.get(RESULTS, {"api_version": "1.3", "status": "errored"}).json()["count"]
    without = bob.get(RESULTS, {"status": "errored"}).json()["count"]

    assert real["value"] == status
    assert folded == {"value": "errored", "label": "Errored"}
    assert (found, without) == (1, 0)
    assert bob.get("/api/extras/jobs/", {"api_version": "1.2"}).json()[0]["result"]["status"] == folded


def test_inputs_are_shown_when_they_are_not_sensitive(bob):
    job = published("example", "Vars", variable("foo"), variable("password", secret=True))
    open_ = result_of(job, inputs={"foo": 1, "password": "hunter2"}, has_sensitive_variables=False)
    closed = result_of(job, inputs={"foo": 1})
    orphan = result_of(job, inputs={"foo": 1}, has_sensitive_variables=False, job_model=None)

    listed = {row["id"]: row["job_kwargs"] for row in bob.get(RESULTS).json()["results"]}

    shown = {"data": {"foo": 1}, "commit": True, "task_queue": "default"}
    assert listed == {str(open_.pk): shown, str(closed.pk): None, str(orphan.pk): None}
    assert bob.get(f"{RESULTS}{open_.pk}/").json()["job_kwargs"] == shown
    assert b"hunter2" not in bob.get(RESULTS).content


def test_what_ran_is_told_as_it_was_recorded(bob, job):
    origin = {"type": "git", "name": "netops", "commit": "4" * 40, "path": "jobs/x.py", "digest": "sha256:5"}
    result = result_of(job, origin=origin)

    assert bob.get(f"{RESULTS}{result.pk}/").json()["source"] == origin


def test_a_sync_is_a_result_too(bob):
    source = git_source("netops")
    kind = ContentType.objects.get_for_model(GitRepository)
    JobResult.objects.create(name="Netops", obj_type=kind, source_model=source, has_sensitive_variables=False)

    (listed,) = bob.get(RESULTS, {"obj_type": "extras.gitrepository"}).json()["results"]

    assert (listed["name"], listed["obj_type"]) == ("Netops", "extras.gitrepository")
    assert listed["job_model"] is listed["job_kwargs"] is listed["source"] is listed["user"] is None


def test_lists_are_newest_first_and_in_pages(bob, job):
    made = [result_of(job) for _ in range(3)]

    first = bob.get(RESULTS, {"limit": 2}).json()
    second = bob.get(first["next"]).json()

    shown = [row["id"] for page in (first, second) for row in page["results"]]
    assert first["count"] == 3
    assert shown == [str(result.pk) for result in reversed(made)]


def test_filters(bob, job):
    other = published("other", "Job", at="d" * 40)
    old = result_of(job, "failed", user=bob.user)
    JobResult.objects.update(created=timezone.now() - timedelta(days=2))
    new = result_of(other)

    def found(**query):
        return {row["id"] for row in bob.get(RESULTS, query).json()["results"]}

    both, only_old, only_new = {str(old.pk), str(new.pk)}, {str(old.pk)}, {str(new.pk)}
    day_ago = (timezone.now() - timedelta(days=1)).isoformat()
    assert found(id=str(old.pk)) == only_old
    assert found(id=[str(old.pk), str(new.pk)]) == both
    assert found(status="failed") == only_old
    assert found(status=["failed", "completed"]) == both
    assert found(user="bob") == found(user=str(bob.user.pk)) == only_old
    assert found(user="charlie") == set()
    assert found(name="local/other/Job") == only_new
    assert found(job_model=str(job.pk)) == found(job_model=job.slug) == only_old
    assert found(obj_type="extras.job") == both
    assert found(created__gte=day_ago) == only_new
    assert found(completed__lte=day_ago) == set()
    assert found(q="OTHER") == only_new
    assert found(q="", name="local/example/Hello") == only_old


@pytest.mark.parametrize(
    "query",
    [
        "status=done",
        "id=*",
        "id=1",
        "id=",
        "created=yesterday",
        "inputs=x",
        "q=%00",
        "user__password=x",
        "obj_type=%00",
    ],
)
def test_filters_that_are_none(bob, query):
    answer = bob.get(f"{RESULTS}?{query}")

    assert answer.status_code == 400
    assert list(answer.json()) == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "query", ["user=*", "user=%25", "job_model=*", "obj_type=extras", "obj_type=.", "name=local/%25"]
)
def test_filters_that_find_nothing(bob, result, query):
    assert bob.get(f"{RESULTS}?{query}").json()["count"] == 0


@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_results_are_made_by_runs_alone(bob, alice, result, method):
    for who in (alice, bob):
        assert getattr(who, method)(RESULTS, {}).status_code == 405
        assert getattr(who, method)(f"{RESULTS}{result.pk}/", {"status": "failed"}).status_code == 405


def test_reading_needs_view(charlie, result):
    for path in ("", f"{result.pk}/", f"{result.pk}/logs/"):
        assert charlie.get(f"{RESULTS}{path}").status_code == 403


@pytest.mark.parametrize("path", ["{0}/", "{0}/logs/", "x/", "1/", "*/"])
def test_an_unknown_result(bob, path):
    answer = bob.get(RESULTS + path.format(uuid.uuid4()))

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_a_result_is_deleted_with_its_rows(alice, result):
    assert alice.delete(f"{RESULTS}{result.pk}/").status_code == 204
    assert not JobResult.objects.exists()
    assert not JobLogEntry.objects.exists()


@pytest.mark.parametrize("status", ["pending", "running"])
def test_a_result_that_has_not_ended_is_kept(alice, job, status):
    result = result_of(job, status)

    answer = alice.delete(f"{RESULTS}{result.pk}/")

    assert answer.status_code == 409
    assert JobResult.objects.exists()


def test_deleting_needs_its_permission(bob, result):
    assert bob.delete(f"{RESULTS}{result.pk}/").status_code == 403
    assert bob.delete(RESULTS, [{"id": str(result.pk)}]).status_code == 403
    assert JobResult.objects.exists()


def test_results_are_deleted_in_bulk(alice, job):
    gone, also_gone, kept = result_of(job), result_of(job), result_of(job)

    answer = alice.delete(RESULTS, [{"id": str(gone.pk)}, {"id": str(also_gone.pk)}])

    assert answer.status_code == 204
    assert list(JobResult.objects.all()) == [kept]


def test_a_bulk_deletion_is_all_or_nothing(alice, job):
    ended, running = result_of(job), result_of(job, "running")

    active = alice.delete(RESULTS, [{"id": str(ended.pk)}, {"id": str(running.pk)}])
    unknown = alice.delete(RESULTS, [{"id": str(ended.pk)}, {"id": str(uuid.uuid4())}])

    assert (active.status_code, unknown.status_code) == (409, 400)
    assert JobResult.objects.count() == 2


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        "all",
        ["*"],
        [{}],
        [{"id": "*"}],
        [{"id": None}],
        [{"id": [1]}],
        [{"id": "x"}] * 1001,
        {"id": 1},
    ],
)
def test_nothing_is_ever_taken_for_everything(alice, result, body):
    assert alice.delete(RESULTS, body).status_code == 400
    assert JobResult.objects.exists()


class TestCancel:
    def cancel(self, who, result):
        return who.post(f"{RESULTS}{result.pk}/cancel/")

    def test_its_requester_may(self, job):
        erin = caller("erin")  # may run a job through a page of their own, but not look at all results
        waiting = result_of(job, "pending", user=erin.user)

        answer = self.cancel(erin, waiting)

        assert answer.status_code == 200
        assert answer.json()["status"]["value"] == "cancelled"
        assert answer.json()["status_reason"] == "cancelled_by_user"

    def test_holders_of_change_may(self, job):
        erin = caller("erin", "change_jobresult")
        running = result_of(job, "running")

        answer = self.cancel(erin, running)

        assert answer.status_code == 200
        assert JobResult.objects.get().cancel_requested
        shown = caller("fred", "view_jobresult").get(f"{RESULTS}{running.pk}/").json()
        assert (shown["cancel_requested"], shown["cancel_requested_by"]) == (True, "erin")

    def test_others_may_not(self, bob, job, alice):
        running = result_of(job, "running", user=alice.user)

        answer = self.cancel(bob, running)

        assert answer.status_code == 403
        assert not JobResult.objects.get().cancel_requested

    def test_whoever_may_not_see_it_does_not_learn_of_it(self, charlie, job, alice):
        running = result_of(job, "running", user=alice.user)

        assert self.cancel(charlie, running).status_code == 404

    @pytest.mark.parametrize("status", ["completed", "failed", "errored", "cancelled", "timed_out"])
    def test_not_after_the_end(self, alice, job, status):
        answer = self.cancel(alice, result_of(job, status))

        assert (answer.status_code, answer.json()) == (409, {"detail": "This job result has already ended."})

    def test_not_with_a_wrong_layout(self, alice, job):
        running = result_of(job, "running")

        assert alice.post(f"{RESULTS}{running.pk}/cancel/?data_layout=9").status_code == 400
        assert not JobResult.objects.get().cancel_requested

    def test_not_by_reading(self, alice, job):
        running = result_of(job, "running")

        assert alice.get(f"{RESULTS}{running.pk}/cancel/").status_code == 405
        assert not JobResult.objects.get().cancel_requested


class TestLogs:
    LOGS = "/api/extras/job-logs/"

    def test_rows_of_a_result_come_as_a_bare_list_oldest_first(self, bob, job):
        result = result_of(job, "running")
        second = add_row(result, 2, log_object="ams01", absolute_url="/dcim/devices/1/", log_level="success")
        first = add_row(result, 1, message="None", grouping="run")

        rows = bob.get(f"{RESULTS}{result.pk}/logs/").json()

        assert rows == [
            {
                "id": str(first.pk),
                "url": f"http://testserver{self.LOGS}{first.pk}/",
                "absolute_url": None,
                "created": first.created.isoformat(),
                "grouping": "run",
                "log_level": "default",
                "log_object": None,
                "message": "None",
                "display": "default: None",
            },
            {
                "id": str(second.pk),
                "url": f"http://testserver{self.LOGS}{second.pk}/",
                "absolute_url": "/dcim/devices/1/",
                "created": second.created.isoformat(),
                "grouping": "main",
                "log_level": "success",
                "log_object": "ams01",
                "message": "row 2",
                "display": "success: row 2",
            },
        ]

    def test_a_run_is_followed_from_the_last_row_seen(self, bob, job):
        result = result_of(job, "running")
        rows = [add_row(result, number) for number in range(3)]

        later = bob.get(f"{RESULTS}{result.pk}/logs/", {"after": str(rows[1].pk)}).json()
        nothing = bob.get(f"{RESULTS}{result.pk}/logs/", {"after": str(rows[2].pk)}).json()

        assert [row["message"] for row in later] == ["row 2"]
        assert nothing == []

    def test_rows_of_a_result_are_filtered_and_read_piece_by_piece(self, bob, job):
        result = result_of(job)
        logs = f"{RESULTS}{result.pk}/logs/"
        rows = [add_row(result, number) for number in range(5)]
        add_row(result, 5, log_level="failure", grouping="test_x", message="Bad port")

        def told(**query):
            return [row["message"] for row in bob.get(logs, query).json()]

        assert told(limit="2") == ["row 0", "row 1"]
        assert told(limit="2", after=str(rows[1].pk)) == ["row 2", "row 3"]
        assert told(log_level="failure") == told(grouping="test_x") == told(q="bad") == ["Bad port"]
        assert told(log_level="failure", limit="0") == ["Bad port"]
        assert len(told(limit="0")) == 6
        assert told(grouping="main", q="row 3") == ["row 3"]

    def test_a_parameter_that_means_nothing_here_is_refused(self, bob, job):
        result = result_of(job)

        wrong = [("level", "info"), ("limit", "-1"), ("limit", "x"), ("log_level", "loud"), ("offset", "1")]
        for name, value in wrong:
            answer = bob.get(f"{RESULTS}{result.pk}/logs/", {name: value})

            assert (answer.status_code, list(answer.json())) == (400, [name])

    def test_a_row_of_another_result_is_no_place_to_go_on_from(self, bob, job):
        result, other = result_of(job), result_of(job)
        row = add_row(other, 1)

        for after in (str(row.pk), str(uuid.uuid4()), "-1", "x", ""):
            answer = bob.get(f"{RESULTS}{result.pk}/logs/", {"after": after})

            assert (answer.status_code, list(answer.json())) == (400, ["after"])

    def test_all_rows_in_pages_with_their_result(self, bob, job):
        result = result_of(job)
        row = add_row(result, 1)

        page = bob.get(self.LOGS).json()
        one = bob.get(f"{self.LOGS}{row.pk}/").json()

        assert page["count"] == 1
        assert page["results"] == [one]
        assert one["job_result"] == str(result.pk)

    def test_filters(self, bob, job):
        result, other = result_of(job), result_of(job)
        add_row(result, 1, grouping="run", log_level="info", log_object="ams01")
        add_row(other, 1, grouping="post_run", message="Bye")

        def found(**query):
            return [row["message"] for row in bob.get(self.LOGS, query).json()["results"]]

        assert found(job_result=str(result.pk)) == ["row 1"]
        assert found(log_level="info") == ["row 1"]
        assert found(grouping="post_run") == ["Bye"]
        assert found(q="AMS") == ["row 1"]
        assert found(q="bye") == ["Bye"]
        assert bob.get(self.LOGS, {"log_level": "loud"}).status_code == 400

    def test_rows_are_for_those_who_may_see_their_result(self, charlie, job):
        row = add_row(result_of(job), 1)

        assert charlie.get(self.LOGS).status_code == 403
        assert charlie.get(f"{self.LOGS}{row.pk}/").status_code == 403

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_rows_are_never_written(self, alice, job, method):
        row = add_row(result_of(job), 1)

        assert getattr(alice, method)(self.LOGS, {}).status_code == 405
        assert getattr(alice, method)(f"{self.LOGS}{row.pk}/", {}).status_code == 405


def test_a_deleted_job_leaves_its_results(bob, job, result):
    Job.objects.all().delete()

    shown = bob.get(f"{RESULTS}{result.pk}/").json()

    assert shown["job_model"] is None
    assert shown["name"] == "local/example/Hello"
