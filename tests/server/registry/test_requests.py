from __future__ import annotations

import threading

import pytest
from django.db import connection

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.registry.errors import NotSyncable
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.requests import is_automatic, request_sync, waiting_requests
from jobyard_server.registry.sources import local_source
from jobyard_server.registry.sync_results import SyncRecord
from jobyard_server.runs.models import JobResult


@pytest.fixture
def alice(db) -> User:
    return User.objects.create(username="alice")


def test_a_request_is_a_pending_result(source, alice):
    result = request_sync(source, alice)

    assert (result.name, result.status, result.user) == ("Netops", "pending", alice)
    assert result.obj_type.model == "gitrepository"
    assert list(waiting_requests()) == [result]


def test_the_daemon_is_told(source, listen):
    with listen("jobyard_sync") as heard:
        request_sync(source)

        assert heard() == "git.netops"


def test_requests_are_merged_while_one_waits(source, alice):
    first = request_sync(source)

    assert request_sync(source, alice) == first


def test_a_request_during_a_sync_gives_one_further_sync(source):
    first = request_sync(source)
    SyncRecord(first).begin(take_lease(source))

    second, third = request_sync(source), request_sync(source)

    assert second != first
    assert second == third


def test_somebody_who_asks_turns_an_automatic_request_into_their_own(source, alice):
    automatic = request_sync(source, automatic=True)

    asked = request_sync(source, alice)

    assert asked == automatic
    assert (is_automatic(automatic), is_automatic(asked), asked.user) == (True, False, alice)


def test_looking_again_does_not_make_a_request_automatic(source, alice):
    request_sync(source, alice)

    assert not is_automatic(request_sync(source, automatic=True))


def test_a_folder_cannot_be_fetched(db):
    with pytest.raises(NotSyncable, match="local has no Git repository"):
        request_sync(local_source())


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_are_merged_too(source):
    barrier, found = threading.Barrier(6), []

    def ask() -> None:
        barrier.wait()
        found.append(request_sync(source).pk)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(found)) == 1
    assert JobResult.objects.filter(status=statuses.PENDING).count() == 1
