from __future__ import annotations

import uuid
from datetime import timedelta

from django.utils import timezone

from jobyard_server.registry.leases import end_leases_of, take_lease
from jobyard_server.registry.models import Source


def expire(source: Source) -> None:
    Source.objects.filter(pk=source.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_source_is_syncing_while_its_lease_lives(source):
    lease = take_lease(source)
    source.refresh_from_db()
    was_syncing = source.is_syncing

    lease.release()
    source.refresh_from_db()

    assert (was_syncing, source.is_syncing) == (True, False)


def test_only_one_holds_the_lease(source):
    first = take_lease(source)

    assert first is not None
    assert take_lease(source) is None


def test_an_expired_lease_goes_to_the_next_one_with_a_higher_fence(source):
    first = take_lease(source)
    expire(source)

    second = take_lease(source)

    assert second.fence > first.fence
    assert first.renew() is False
    assert second.renew() is True


def test_an_expired_lease_that_nobody_took_can_be_renewed(source):
    lease = take_lease(source)
    expire(source)

    assert lease.renew() is True
    assert take_lease(source) is None


def test_releasing_late_does_not_take_the_lease_from_its_new_holder(source):
    first = take_lease(source)
    expire(source)
    second = take_lease(source)

    first.release()

    assert second.renew() is True


def test_the_leases_of_a_dead_daemon_end_at_once(source):
    dead = uuid.uuid4()
    take_lease(source, holder=dead)

    end_leases_of(dead)

    assert take_lease(source) is not None
