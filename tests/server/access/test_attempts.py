"""Failures are counted by name and address, and forgotten after a while. F177, TK-06."""

from __future__ import annotations

import pytest
from django.utils import timezone

from jobyard_server.access.attempts import (
    COOL_OFF,
    PER_ACCOUNT,
    PER_ADDRESS,
    count_failure,
    forget_old,
    forgive,
    is_blocked,
    login_limits,
)
from jobyard_server.access.models import Attempts

pytestmark = pytest.mark.django_db
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def fail(times, name="admin", address=HERE):
    return [count_failure(login_limits(name, address)) for _time in range(times)]


def test_the_last_failure_that_is_allowed_uses_the_limit_up():
    assert fail(PER_ACCOUNT) == [False] * (PER_ACCOUNT - 1) + [True]
    assert is_blocked(login_limits("admin", HERE))
    assert is_blocked(login_limits("ADMIN", HERE))


def test_f177_nobody_can_lock_somebody_out_from_everywhere():
    fail(PER_ACCOUNT)

    assert not is_blocked(login_limits("admin", ELSEWHERE))
    assert not is_blocked(login_limits("bob", HERE))


def test_many_names_from_one_address_are_stopped_too():
    for number in range(PER_ADDRESS):
        fail(1, f"name{number}")

    assert is_blocked(login_limits("somebody new", HERE))
    assert not is_blocked(login_limits("somebody new", ELSEWHERE))


def test_it_is_over_after_a_while():
    fail(PER_ACCOUNT)
    Attempts.objects.update(since=timezone.now() - COOL_OFF)

    assert not is_blocked(login_limits("admin", HERE))
    assert fail(1) == [False]
    assert set(Attempts.objects.values_list("failures", flat=True)) == {1}


def test_a_success_forgives():
    fail(PER_ACCOUNT - 1)
    forgive(login_limits("admin", HERE))

    assert fail(1) == [False]


def test_old_rows_are_removed():
    fail(1)
    Attempts.objects.update(since=timezone.now() - COOL_OFF * 2)

    assert forget_old() == 2
    assert not Attempts.objects.exists()
