from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from tests.server.grants import grant

from jobyard_server.access.models import User
from jobyard_server.access.permissions import may, permission_name, restrict
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("action", "target", "name"),
    [
        ("run", Job, "extras.run_job"),
        ("change", JobResult, "extras.change_jobresult"),
        ("view", Region, "dcim.view_region"),
        ("view", User, "users.view_user"),
    ],
)
def test_permissions_have_the_names_that_users_know(action, target, name):
    assert permission_name(action, target) == permission_name(action, target()) == name


def test_a_superuser_may_everything_without_a_query(alice, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert may(alice, "run", Job)


def test_others_may_what_they_were_granted_and_nothing_else(bob):
    grant(bob, "run_job")

    assert may(bob, "run", Job)
    assert not may(bob, "view", Job)
    assert not may(bob, "run", JobResult)


def test_a_grant_to_a_group_counts(bob):
    group = Group.objects.create(name="operators")
    grant(group, "view_job")
    bob.groups.add(group)

    assert may(bob, "view", Job)


def test_the_second_question_costs_no_query(bob, django_assert_num_queries):
    grant(bob, "run_job")
    may(bob, "run", Job)

    with django_assert_num_queries(0):
        may(bob, "view", JobResult)


@pytest.mark.parametrize("is_superuser", [False, True])
def test_an_inactive_account_may_nothing(bob, is_superuser):
    grant(bob, "run_job")
    User.objects.update(is_active=False, is_superuser=is_superuser)

    assert not may(User.objects.get(), "run", Job)


@pytest.mark.parametrize("nobody", [None, AnonymousUser()])
def test_nobody_may_nothing(nobody):
    assert not may(nobody, "view", Job)
    assert not restrict(Job.objects.all(), nobody, "view").exists()


@pytest.mark.parametrize("action", ["", "*", "%", "View"])
def test_actions_are_exact(bob, action):
    grant(bob, "view_job", "run_job")

    assert not may(bob, action, Job)


def test_restricted_rows_are_all_or_none(alice, bob):
    Region.objects.create(name="Europe", slug="europe")

    assert restrict(Region.objects.all(), alice, "view").count() == 1
    assert restrict(Region.objects.all(), bob, "view").count() == 0
