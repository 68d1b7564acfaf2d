"""From calls to syncs: the first at once, a storm merged, nothing lost."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone
from tests.server.registry.cast import listening
from tests.server.webhooks.senders import headers_of, push_body, send

from jobyard import statuses
from jobyard_server.registry import channels
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import Source
from jobyard_server.registry.requests import waiting_requests
from jobyard_server.webhooks import gather
from jobyard_server.webhooks.gather import LONGEST, MERGE, QUIET, due_at, forget_deliveries, gather_deliveries
from jobyard_server.webhooks.hooks import test_call as make_test_call
from jobyard_server.webhooks.models import WebhookDelivery

NOW = timezone.now()


def arrived(hook, *, open_=True, created=None):
    row = WebhookDelivery.objects.create(
        webhook=hook, delivery_id=str(WebhookDelivery.objects.count()), outcome="accepted", is_open=open_
    )
    if created:
        WebhookDelivery.objects.filter(pk=row.pk).update(created=created)
    return row


def test_the_first_call_is_due_at_once(source):
    assert due_at(source, NOW, NOW) == NOW
    source.last_synced = NOW - timedelta(seconds=30)
    assert due_at(source, NOW, NOW) == NOW


def test_calls_soon_after_a_sync_wait_for_others(source):
    source.last_synced = NOW
    soon = NOW + timedelta(seconds=0.5)

    assert due_at(source, soon, soon) == NOW + MERGE


def test_a_storm_is_waited_for_until_it_is_quiet_but_not_for_ever(source):
    source.last_synced = NOW
    first = NOW + timedelta(seconds=0.1)
    later, much_later = NOW + timedelta(seconds=5), NOW + timedelta(seconds=60)

    assert due_at(source, first, later) == later + QUIET
    assert due_at(source, first, much_later) == NOW + MERGE + LONGEST


def test_calls_during_a_sync_become_one_request_after_it(make_hook, source):
    hook, _ = make_hook("github")
    lease = take_lease(source)
    for _ in range(3):
        arrived(hook)

    assert gather_deliveries() > 0
    assert not waiting_requests().exists()

    lease.release()
    assert gather_deliveries() is None
    result = waiting_requests().get()
    assert set(WebhookDelivery.objects.values_list("is_open", "result")) == {(False, result.pk)}


def test_a_sync_that_begins_while_calls_are_gathered_is_followed_by_one_for_all_of_them(
    make_hook, source, monkeypatch
):
    hook, _ = make_hook("github")
    arrived(hook)
    seen_before = gather._open_sources()
    lease = take_lease(source)
    monkeypatch.setattr(gather, "_open_sources", lambda: seen_before)

    assert gather_deliveries() > 0
    assert not waiting_requests().exists()

    lease.release()
    assert gather_deliveries() is None
    assert waiting_requests().count() == 1


def test_f143_calls_stay_open_until_a_daemon_comes(make_hook, source):
    hook, secret = make_hook("github")
    body = push_body("github")

    for _ in range(5):
        assert send(hook, headers_of("github", secret, body), body).status_code == 202
    assert WebhookDelivery.objects.filter(is_open=True).count() == 5

    gather_deliveries()
    assert waiting_requests().count() == 1


def test_calls_are_merged_into_a_request_that_waits_already(make_hook, source):
    from jobyard_server.registry.requests import request_sync

    hook, _ = make_hook("github")
    asked = request_sync(source)
    delivery = arrived(hook)

    gather_deliveries()

    delivery.refresh_from_db()
    assert delivery.result == asked
    assert waiting_requests().get().status == statuses.PENDING


def test_hooks_of_a_deleted_repository_are_gone(make_hook, source):
    hook, secret = make_hook("github")
    arrived(hook)
    source.git_repository.delete()

    assert gather_deliveries() is None
    assert send(hook, headers_of("github", secret, b"{}"), b"{}").status_code == 403


def test_old_deliveries_are_forgotten_but_not_open_ones(make_hook):
    hook, _ = make_hook("github")
    old = timezone.now() - timedelta(days=8)
    arrived(hook, open_=False, created=old)
    kept = [arrived(hook, open_=True, created=old), arrived(hook, open_=False)]

    assert forget_deliveries() == 1
    assert set(WebhookDelivery.objects.all()) == set(kept)


@pytest.mark.parametrize(
    "provider",
    ["github", "gitlab", "gitlab_signed", "gitea", "bitbucket", "bitbucket_server", "azure", "generic"],
)
def test_the_test_call_goes_the_way_of_a_real_one(make_hook, source, provider):
    hook, _ = make_hook(provider)

    assert make_test_call(hook).status == "accepted"

    gather_deliveries()
    assert waiting_requests().exists()


@pytest.mark.django_db(transaction=True)
def test_a_call_wakes_the_daemon(transactional_db):
    from tests.server.api.cast import git_source

    from jobyard_server.webhooks.hooks import create_hook

    source = git_source("lab")
    hook, secret = create_hook(source.git_repository, provider="github")
    body = push_body("github")
    with listening(channels.SYNC) as heard:
        send(hook, headers_of("github", secret, body), body)
        assert heard() == "git.lab"


@pytest.mark.django_db(transaction=True)
def test_f136_one_delivery_a_hundred_times_at_once_counts_once(transactional_db):
    from tests.server.api.cast import git_source

    from jobyard_server.webhooks.hooks import create_hook

    source = git_source("lab")
    hook, secret = create_hook(source.git_repository, provider="github")
    body = push_body("github")
    headers = headers_of("github", secret, body)
    answers: list[str] = []

    def work() -> None:
        try:
            answers.extend(send(hook, headers, body).json()["status"] for _ in range(25))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == ["accepted"] + ["duplicate"] * 99
    gather_deliveries()
    assert waiting_requests().filter(source_model=Source.objects.get()).count() == 1
