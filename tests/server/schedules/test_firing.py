"""What is due runs once; what was missed is recorded; what cannot run says why."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from tests.server.api.cast import published, variable
from tests.server.schedules.cast import HOUR, MINUTE, NOW, at, nightly, scheduled

from jobyard_server.registry.history_models import RevisionEvent
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult
from jobyard_server.schedules import firing
from jobyard_server.schedules.changes import change_schedule
from jobyard_server.schedules.firing import Firing
from jobyard_server.schedules.models import Occurrence, ScheduledJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(bob):
    return bob.user


def fire(now=NOW):
    return Firing().fire_due(now)


def test_what_is_due_runs_as_its_owner_with_its_inputs(owner):
    row = scheduled(nightly(), owner, inputs={"who": "Ada"})

    fire()

    result = JobResult.objects.get()
    assert (result.status, result.user, result.inputs, result.schedule) == (
        "pending",
        owner,
        {"who": "Ada"},
        row,
    )
    assert result.request["META"] == {"SERVER_NAME": "here"}
    assert row.occurrences.get().job_result == result
    row.refresh_from_db()
    assert (row.next_at, row.last_run_at, row.total_run_count) == (NOW + HOUR, NOW, 1)


def test_nothing_runs_before_its_time(owner):
    scheduled(nightly(), owner)

    fire(NOW - timedelta(microseconds=1))

    assert not JobResult.objects.exists()


def test_a_single_time_is_over_after_it(owner):
    row = scheduled(nightly(), owner, "future")

    fire()
    fire(NOW + HOUR)

    assert JobResult.objects.count() == 1
    row.refresh_from_db()
    assert row.state == "ended"


def test_each_run_pins_what_is_published_then(owner):
    scheduled(nightly(), owner)
    nightly(at="d" * 40)

    fire()

    assert JobResult.objects.get().origin["commit"] == "d" * 40


@pytest.mark.parametrize(
    ("interval", "values", "down", "counts"),
    [
        ("hourly", {}, 30 * MINUTE, (1, 0)),
        ("hourly", {}, 2 * HOUR, (1, 2)),
        ("hourly", {}, 2 * HOUR + 59 * MINUTE, (1, 2)),
        ("custom", {"crontab": "* * * * *", "start": None}, 30 * MINUTE, (1, 30)),
        ("custom", {"crontab": "* * * * *", "start": None}, 2 * HOUR, (1, 120)),
        ("daily", {}, 30 * MINUTE, (1, 0)),
        ("daily", {}, 2 * HOUR, (0, 1)),
        ("future", {}, 2 * HOUR, (1, 0)),
    ],
)
def test_f125_after_a_downtime_the_newest_time_runs_once(owner, interval, values, down, counts):
    runs, skipped = counts
    row = at(scheduled(nightly(), owner, interval, **values), NOW)

    fire(NOW + down)

    found = row.occurrences.order_by("nominal_time")
    assert [item.count for item in found if item.outcome == "run"] == [1] * runs
    assert sum(item.count for item in found if item.outcome == "skipped") == skipped
    assert JobResult.objects.count() == runs
    row.refresh_from_db()
    assert row.next_at is None or row.next_at > NOW + down


def test_f128_a_clock_that_goes_back_fires_nothing_again(owner):
    row = scheduled(nightly(), owner)
    firing_process = Firing()

    for jump in (timedelta(), 3 * HOUR, -3 * HOUR, NOW.replace(year=1970) - NOW, 3 * HOUR):
        firing_process.fire_due(NOW + jump)

    times = list(row.occurrences.filter(outcome="run").values_list("nominal_time", flat=True))
    assert sorted(times) == [NOW, NOW + 3 * HOUR]


def test_a_time_never_runs_twice_even_if_the_row_says_so(owner):
    row = scheduled(nightly(), owner)
    fire()

    row = at(row, NOW)
    fire()

    assert JobResult.objects.count() == 1
    row.refresh_from_db()
    assert row.next_at == NOW + HOUR


def test_f208_inputs_that_no_longer_fit_end_that_run_and_not_the_schedule(owner):
    row = scheduled(nightly(), owner, inputs={"who": "Ada"})
    published("example", "Nightly", variable("whom"), has_sensitive_variables=False)

    fire()

    result = JobResult.objects.get()
    assert (result.status, result.status_reason) == ("errored", "initialization")
    assert "who" in result.logs.get().message
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("active", NOW + HOUR)

    nightly()
    fire(NOW + HOUR)
    assert JobResult.objects.filter(status="pending").count() == 1


def test_a_push_says_which_schedules_it_would_break(owner):
    row = scheduled(nightly(), owner, inputs={"who": "Ada"})

    published("example", "Nightly", variable("whom"), has_sensitive_variables=False, at="d" * 40)

    found = RevisionEvent.objects.latest("created").broken_inputs
    assert [(item["what"], item["url"]) for item in found] == [
        ("the schedule Every night", row.get_absolute_url())
    ]


def lose_right(user):
    user.object_permissions.clear()


def deactivate(user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize(("lose", "why"), [(lose_right, "extras.run_job"), (deactivate, "not active")])
def test_without_its_owner_a_schedule_stops_and_says_why(owner, lose, why):
    row = scheduled(nightly(), owner)
    lose(owner)

    fire()

    result = JobResult.objects.get()
    assert (result.status, result.status_reason) == ("errored", "initialization")
    row.refresh_from_db()
    assert (row.state, row.next_at) == ("disabled", None)
    assert why in row.disabled_reason
    assert why in result.logs.get().message


def test_a_schedule_outlives_its_owner(owner):
    row = scheduled(nightly(), owner)
    owner.delete()

    fire()

    row.refresh_from_db()
    assert row.state == "disabled"
    assert "deleted" in row.disabled_reason


def test_a_disabled_schedule_goes_on_when_enabled_again_and_runs_nothing_late(owner, alice):
    row = change_schedule(scheduled(nightly(), owner), alice.user, enabled=False)
    fire()
    assert not JobResult.objects.exists()

    row = change_schedule(row, alice.user, enabled=True)

    assert row.next_at == NOW


def test_one_bad_row_does_not_stop_the_others(owner):
    bad = scheduled(nightly(), owner)
    good = scheduled(bad.job_model, owner)
    ScheduledJob.objects.filter(pk=bad.pk).update(crontab="nonsense", interval="custom")

    fire()

    assert [item.schedule_id for item in Occurrence.objects.all()] == [good.pk]


def test_a_job_without_a_worker_waits(owner):
    scheduled(nightly(), owner)

    fire()

    assert JobResult.objects.get().status == "pending"


def test_what_the_next_look_costs(owner):
    scheduled(nightly(), owner, start=NOW + HOUR)

    with CaptureQueriesContext(connection) as queries:
        wait = fire()

    assert len(queries) == 2
    assert 0 <= wait <= firing.LOOK_AGAIN_SECONDS


@pytest.mark.django_db(transaction=True)
class TestSeveralSchedulers:
    def test_f126_two_of_them_start_each_time_once(self, owner):
        job = nightly()
        rows = [scheduled(job, owner) for _ in range(20)]
        ready = threading.Barrier(2)

        def scheduler():
            ready.wait()
            Firing().fire_due(NOW)
            connections.close_all()

        with ThreadPoolExecutor() as pool:
            for done in [pool.submit(scheduler) for _ in range(2)]:
                done.result()

        assert JobResult.objects.count() == len(rows)
        assert Occurrence.objects.count() == len(rows)

    def test_f129_what_is_changed_while_it_is_due_is_old_or_new(self, owner, alice):
        row = scheduled(nightly(), owner)

        for change in (lambda: change_schedule(row, alice.user, enabled=False), row.delete):
            at_once = threading.Barrier(2)

            def scheduler(barrier=at_once):
                barrier.wait()
                Firing().fire_due(NOW)
                connections.close_all()

            with ThreadPoolExecutor() as pool:
                done = pool.submit(scheduler)
                at_once.wait()
                change()
                done.result()

        assert JobResult.objects.count() <= 1

    def test_f131_a_scheduler_that_dies_before_its_commit_has_done_nothing(self, owner, monkeypatch):
        row = scheduled(nightly(), owner)

        def die(*_args, **_kwargs):
            raise SystemExit

        with monkeypatch.context() as patched:
            patched.setattr(ScheduledJob, "save", die)
            with pytest.raises(SystemExit):
                fire()
        assert not JobResult.objects.exists()

        fire()
        assert JobResult.objects.count() == row.occurrences.count() == 1


def test_f127_many_that_are_due_at_once_cost_the_same_each(owner):
    job = nightly()
    one = scheduled(job, owner)
    with CaptureQueriesContext(connection) as for_one:
        fire()
    at(one, NOW + 5 * HOUR)
    for _ in range(20):
        at(scheduled(job, owner), NOW + HOUR)

    with CaptureQueriesContext(connection) as for_twenty:
        fire(NOW + HOUR)

    assert len(for_twenty) <= 20 * len(for_one)
    assert Job.objects.get(pk=job.pk).schedules.count() == 21


def test_the_worker_asks_again_whether_the_owner_may(owner):
    from jobyard_server.worker.assignment import check_startable
    from jobyard_server.worker.errors import NotStartable

    scheduled(nightly(), owner)
    fire()
    lose_right(owner)

    with pytest.raises(NotStartable, match="run_job"):
        check_startable(JobResult.objects.select_related("job_model", "revision", "user").get())
