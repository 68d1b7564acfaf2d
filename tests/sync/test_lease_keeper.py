from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import Source
from jobyard_server.registry.sources import local_source
from jobyard_sync.lease_keeper import LeaseKeeper

pytestmark = pytest.mark.django_db


def expire() -> None:
    Source.objects.update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_lease_lives_as_long_as_the_work():
    keeper, source = LeaseKeeper(), local_source()

    with keeper.keeping(take_lease(source)):
        expire()
        keeper.renew_all()
        during = take_lease(source)

    assert during is None
    assert take_lease(source) is not None


def test_a_lease_is_given_back_when_the_work_fails():
    keeper, source = LeaseKeeper(), local_source()

    with pytest.raises(ZeroDivisionError), keeper.keeping(take_lease(source)):
        raise ZeroDivisionError

    assert take_lease(source) is not None


def test_a_lease_that_somebody_took_over_is_let_go():
    keeper, source = LeaseKeeper(), local_source()

    with keeper.keeping(take_lease(source)):
        expire()
        second = take_lease(source)
        keeper.renew_all()
        keeper.renew_all()

    assert second.renew() is True
