"""Constraints: which rows a permission leaves. F181, PM-01, PM-03."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from tests.server.grants import grant

from jobyard_server.access.constraints import problems
from jobyard_server.access.models import ObjectPermission, User
from jobyard_server.access.permissions import may, may_all, restrict
from jobyard_server.inventory.dcim.models import Region, Site
from jobyard_server.registry.models import GitRepository, Job
from jobyard_server.runs.models import JobLogEntry, JobResult

pytestmark = pytest.mark.django_db


@pytest.fixture
def europe():
    return Region.objects.create(name="Europe", slug="europe")


@pytest.fixture
def asia():
    return Region.objects.create(name="Asia", slug="asia")


def seen(user, action="view"):
    return {region.slug for region in restrict(Region.objects.all(), user, action)}


def test_a_constraint_leaves_the_rows_that_match(bob, europe, asia):
    grant(bob, "view_region", constraints={"slug": "asia"})

    assert seen(bob) == {"asia"}
    assert may(bob, "view", asia)
    assert not may(bob, "view", europe)
    assert may(bob, "view", Region)
    assert not may_all(bob, "view", Region)


@pytest.mark.parametrize(
    ("constraints", "slugs"),
    [
        (None, {"asia", "europe"}),
        ({}, {"asia", "europe"}),
        ([], {"asia", "europe"}),
        ({"slug": "asia", "name": "Europe"}, set()),
        ([{"slug": "asia"}, {"name": "Europe"}], {"asia", "europe"}),
        ([{"slug": "asia", "name": "Asia"}, {"name": "x"}], {"asia"}),
        ({"slug__in": ["asia", "x"]}, {"asia"}),
        ({"name__istartswith": "eur"}, {"europe"}),
    ],
)
def test_an_object_means_all_and_a_list_any(bob, europe, asia, constraints, slugs):
    grant(bob, "view_region", constraints=constraints)

    assert seen(bob) == slugs


def test_several_permissions_add_up(bob, europe, asia):
    grant(bob, "view_region", constraints={"slug": "asia"})
    grant(bob, "view_region", constraints={"slug": "europe"})

    assert seen(bob) == {"asia", "europe"}


def test_a_group_gives_what_it_has(bob, europe, asia):
    group = Group.objects.create(name="operators")
    grant(group, "view_region", constraints={"slug": "asia"})
    bob.groups.add(group)

    assert seen(bob) == {"asia"}


def test_a_disabled_permission_gives_nothing(bob, europe):
    grant(bob, "view_region")
    ObjectPermission.objects.update(enabled=False)

    assert seen(User.objects.get(username="bob")) == set()


def test_the_user_who_asks_can_be_named(bob, alice):
    kind = ContentType.objects.get_for_model(Job)
    mine = JobResult.objects.create(name="mine", obj_type=kind, user=bob)
    JobResult.objects.create(name="hers", obj_type=kind, user=alice)
    grant(bob, "view_jobresult", constraints={"user": "$user"})

    assert list(restrict(JobResult.objects.all(), bob, "view")) == [mine]


def test_log_rows_are_seen_by_whoever_sees_their_result(bob, alice):
    kind = ContentType.objects.get_for_model(Job)
    for owner in (bob, alice):
        result = JobResult.objects.create(name=owner.username, obj_type=kind, user=owner)
        JobLogEntry.objects.create(job_result=result, sequence=1, created=result.created)
    grant(bob, "view_jobresult", constraints={"user__username": "bob"})

    (row,) = restrict(JobLogEntry.objects.all(), bob, "view")

    assert row.job_result.user == bob
    assert may(bob, "view", row)
    assert not may(bob, "view", JobLogEntry.objects.get(job_result__user=alice))
    assert not may(bob, "delete", row)


def test_a_relation_to_many_gives_each_row_once(bob, europe):
    for name in "ab":
        Region.objects.create(name=name, slug=name, parent=europe)
    grant(bob, "view_region", constraints={"children__slug__in": ["a", "b"]})

    assert [region.slug for region in restrict(Region.objects.all(), bob, "view")] == ["europe"]


def test_whoever_may_change_a_repository_may_sync_it_and_choose_its_revision(bob):
    grant(bob, "change_gitrepository")

    assert may(bob, "sync", GitRepository)
    assert may(bob, "rollback", GitRepository)


def test_a_right_to_sync_is_no_right_to_change(bob):
    grant(bob, "sync_gitrepository")

    assert may(bob, "sync", GitRepository)
    assert not may(bob, "change", GitRepository)


def test_job_code_asks_in_the_words_of_django(bob, europe, asia):
    grant(bob, "change_region", constraints={"slug": "asia"})

    assert bob.has_perm("dcim.change_region")
    assert bob.has_perm("dcim.change_region", asia)
    assert not bob.has_perm("dcim.change_region", europe)
    assert not bob.has_perm("dcim.delete_region")
    assert not bob.has_perm("nonsense")
    assert bob.has_module_perms("dcim")
    assert bob.get_all_permissions() == {"dcim.change_region"}


@pytest.mark.parametrize("number", [1, 40])
def test_the_number_of_queries_does_not_grow(bob, asia, django_assert_num_queries, number):
    for _time in range(number):
        grant(bob, "view_region", constraints={"slug": "asia"})
    user = User.objects.get(username="bob")

    with django_assert_num_queries(2):  # the permissions, the rows
        assert list(restrict(Region.objects.all(), user, "view")) == [asia]


@pytest.mark.parametrize(
    ("constraints", "said"),
    [
        ("x", "Constraints are an object"),
        ([1], "Constraints are an object"),
        ({"no_such_field": 1}, "They do not fit regions"),
        ({"slug__nonsense": 1}, "They do not fit regions"),
        ({"id": "no id"}, "They do not fit regions"),
        ({"parent__x": 1}, "They do not fit regions"),
        ({"password__startswith": "p"}, "is secret"),
        ({"user__tokens__digest": "p"}, "is secret"),
    ],
)
def test_what_cannot_work_is_said_when_it_is_stored(constraints, said):
    assert said in problems(constraints, [Region])[0]


@pytest.mark.parametrize("constraints", [None, {}, [], {"slug": "$user"}, {"sites__name": "x"}])
def test_what_can_work_has_no_problem(constraints):
    assert problems(constraints, [Region]) == []


def test_constraints_must_fit_all_types():
    assert problems({"region__slug": "x"}, [Site]) == []
    assert problems({"region__slug": "x"}, [Site, Region]) != []
