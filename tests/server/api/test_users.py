from __future__ import annotations

import uuid

import pytest
from tests.server.api.cast import caller

pytestmark = pytest.mark.django_db

USERS = "/api/users/users/"


def test_an_account_shows_nothing_that_helps_to_log_in(alice, bob):
    bob.user.set_password("correct horse battery staple")
    bob.user.save()

    answer = alice.get(f"{USERS}{bob.user.pk}/")

    assert answer.json()["username"] == answer.json()["display"] == "bob"
    shown = "id url display username first_name last_name email is_active is_staff is_superuser date_joined"
    assert sorted(answer.json()) == sorted(shown.split())
    assert bob.user.password not in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [("", 2), ("username=bob", 1), ("username=bob&username=alice", 2), ("q=LIC", 1), ("is_active=false", 0)],
)
def test_filters(alice, bob, query, found):
    assert alice.get(f"{USERS}?{query}").json()["count"] == found


@pytest.mark.parametrize(
    "query", ["password=x", "password__startswith=p", "is_superuser=true", "tokens__digest=a"]
)
def test_nothing_secret_can_be_asked_for(alice, query):
    assert alice.get(f"{USERS}?{query}").status_code == 400


def test_reading_needs_view(bob):
    erin = caller("erin", "view_user")

    assert bob.get(USERS).status_code == 403
    assert bob.get(f"{USERS}{bob.user.pk}/").status_code == 403
    assert erin.get(USERS).status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_accounts_are_only_read_for_now(alice, method):
    assert getattr(alice, method)(USERS, {}).status_code == 405
    assert getattr(alice, method)(f"{USERS}{alice.user.pk}/", {"is_superuser": True}).status_code == 405


def test_an_unknown_account(alice):
    assert alice.get(f"{USERS}{uuid.uuid4()}/").status_code == 404
