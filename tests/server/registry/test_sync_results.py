from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.registry.cast import facts

from jobyard.events import LogRow
from jobyard_server.registry.errors import LeaseLost
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.lost_syncs import LOST, end_lost_syncs
from jobyard_server.registry.models import Source
from jobyard_server.registry.publish import publish
from jobyard_server.registry.requests import is_automatic, request_sync, waiting_requests
from jobyard_server.registry.sync_results import SyncRecord
from jobyard_server.runs.models import JobResult


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
    assert list(result.logs.values_list("message", flat=True)) == ["one", LOST]
    assert is_automatic(waiting_requests().get())


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


def test_a_sync_that_is_lost_again_is_not_repeated_for_ever(source):
    for automatic in (False, True):
        record = SyncRecord(request_sync(source, automatic=automatic))
        assert record.begin(take_lease(source))
        expire()
        end_lost_syncs()

    assert not waiting_requests().exists()


def test_a_sync_that_goes_on_is_left_alone(begun):
    assert end_lost_syncs() == []


def test_a_sync_left_behind_under_an_older_lease_is_ended(begun, source):
    # the next daemon took the source over before anybody looked
    expire()
    second = take_lease(source)

    ended = end_lost_syncs()

    assert len(ended) == 1
    assert second.renew() is True
