from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.registry.cast import facts

from jobyard.events import LogRow
from jobyard_server.access.models import User
from jobyard_server.registry.errors import LeaseLost
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.lost_syncs import AGAIN, GIVEN_UP, LOST, MOST_TRIES, end_lost_syncs
from jobyard_server.registry.models import Source
from jobyard_server.registry.publish import publish
from jobyard_server.registry.remote_models import RemoteWatch
from jobyard_server.registry.requests import is_automatic, request_sync, times_lost, waiting_requests
from jobyard_server.registry.sync_results import SyncRecord
from jobyard_server.registry.watches import add_missing
from jobyard_server.runs.models import JobResult


@pytest.fixture
def alice(db) -> User:
    return User.objects.create(username="alice")


@pytest.fixture
def begun(source):
    """A sync that was asked for and has begun: its record and its lease."""
    record = SyncRecord(request_sync(source))
    lease = take_lease(source)
    assert record.begin(lease)
    return record, lease


def expire() -> None:
    Source.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_rows_keep_their_order_and_are_counted(begun):
    record, _ = begun

    record.add(LogRow(message="one"), LogRow(message="two", level="info"))
    record.add(LogRow(message="three", level="failure", grouping="jobs", object_text="x" * 300))

    result = JobResult.objects.get()
    rows = result.logs.values_list("sequence", "grouping", "log_level", "message")
    assert list(rows) == [
        (0, "main", "default", "one"),
        (1, "main", "info", "two"),
        (2, "jobs", "failure", "three"),
    ]
    assert [(group["grouping"], group["rows"]) for group in result.counters] == [("main", 2), ("jobs", 1)]
    assert result.totals == {"success": 0, "info": 1, "warning": 0, "failure": 1}


def test_what_no_text_column_can_hold_is_replaced(begun):
    record, _ = begun

    record.add(LogRow(message="a\0b\ud800" + "x" * 100_000))

    message = JobResult.objects.get().logs.get().message
    assert message.startswith("a�b?x")
    assert message.endswith("… [truncated]")


def test_a_sync_ends_once(begun):
    record, _ = begun

    assert record.end("failed") is True
    result = JobResult.objects.get()
    assert (result.status, result.status_reason) == ("failed", "failure_logged")
    assert result.completed is not None


def test_a_request_that_was_taken_cannot_be_taken_again(source):
    result = request_sync(source)
    same = JobResult.objects.get()
    lease = take_lease(source)

    assert SyncRecord(result).begin(lease) is True
    assert SyncRecord(same).begin(lease) is False


def test_a_sync_whose_lease_ran_out_is_ended_and_asked_for_again(begun, source):
    record, _ = begun
    record.add(LogRow(message="one"))
    expire()

    ended = end_lost_syncs()

    result = JobResult.objects.get(pk=record.result.pk)
    assert ended == [result]
    assert (result.status, result.status_reason) == ("errored", "worker_lost")
    assert list(result.logs.values_list("message", flat=True)) == ["one", f"{LOST} {AGAIN}"]
    again = waiting_requests().get()
    assert (again.user, is_automatic(again), times_lost(again)) == (result.user, False, 1)


def lose(source, **options):
    record = SyncRecord(waiting_requests().first() or request_sync(source, **options))
    assert record.begin(take_lease(source))
    expire()
    (ended,) = end_lost_syncs()
    return ended


def test_a_sync_that_nobody_asked_for_is_not_forgotten_either(source):
    """A webhook may have asked for it, and with polling off nobody would look again."""
    lost = lose(source, automatic=True, refresh=True)

    again = waiting_requests().get()
    assert (again.request, lost.logs.count()) == ({"automatic": True, "refresh": True, "lost": 1}, 1)


def test_a_dry_run_that_was_lost_is_not_repeated(source):
    lose(source, dry_run=True)

    assert not waiting_requests().exists()


def test_the_sync_that_was_lost_can_neither_write_nor_publish_any_more(begun):
    record, lease = begun
    expire()
    end_lost_syncs()

    assert lease.renew() is False
    assert record.end("completed") is False
    with pytest.raises(LeaseLost):
        record.add(LogRow(message="late"))
    with pytest.raises(LeaseLost):
        publish(lease, facts("a"), [])


def test_a_sync_that_is_lost_again_and_again_is_given_up_and_says_so(source):
    add_missing()
    seen = RemoteWatch.objects.filter(pk=source.git_repository_id)
    seen.update(seen="a" * 40)
    lost = [lose(source, automatic=True) for _ in range(MOST_TRIES)]

    source.refresh_from_db()
    assert not waiting_requests().exists()
    assert source.error == GIVEN_UP
    assert lost[-1].logs.get().message == f"{LOST} {GIVEN_UP}"
    assert (seen.get().seen, seen.get().failures) == ("", 1)  # a later look asks again


def test_a_person_who_asks_meanwhile_begins_anew(source, alice):
    lose(source, automatic=True)

    assert times_lost(request_sync(source, alice)) == 0


def test_a_daemon_that_was_told_to_end_is_no_reason_to_give_up(source):
    for _ in range(MOST_TRIES + 1):
        record = SyncRecord(waiting_requests().first() or request_sync(source))
        assert record.begin(take_lease(source))
        expire()
        end_lost_syncs(was_told=True)

    assert waiting_requests().exists()


def test_a_sync_that_goes_on_is_left_alone(begun):
    assert end_lost_syncs() == []


def test_a_sync_left_behind_under_an_older_lease_is_ended(begun, source):
    # the next daemon took the source over before anybody looked
    expire()
    second = take_lease(source)

    ended = end_lost_syncs()

    assert len(ended) == 1
    assert second.renew() is True
