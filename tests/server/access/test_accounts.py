from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Permission

from jobyard_server.access.accounts import cli_user, create_user
from jobyard_server.access.errors import AccountErrors, ReservedAccount
from jobyard_server.access.models import User
from jobyard_server.access.permissions import may
from jobyard_server.registry.models import Job

pytestmark = pytest.mark.django_db

GOOD = "correct horse battery staple"


def test_the_command_line_may_run_every_job_and_do_nothing_else():
    user = cli_user()

    assert may(user, "run", Job)
    assert not may(user, "change", Job)
    assert not user.is_superuser


def test_the_account_of_the_command_line_is_made_once():
    assert cli_user() == cli_user()
    assert User.objects.filter(username="cli").count() == 1


def test_the_account_of_the_command_line_can_have_another_name(settings):
    before = cli_user()
    settings.JOBYARD = {**settings.JOBYARD, "CLI_USER": "robot"}

    assert (cli_user().username, may(cli_user(), "run", Job)) == ("robot", True)
    assert not may(User.objects.get(pk=before.pk), "run", Job)
    with pytest.raises(AccountErrors):
        create_user("robot", GOOD)


@pytest.mark.parametrize("password", ["", "cli", "!", None])
def test_nobody_logs_in_as_the_command_line(password):
    cli_user()

    assert authenticate(username="cli", password=password) is None


def test_a_lost_grant_of_the_command_line_comes_back():
    cli_user().object_permissions.clear()

    assert may(cli_user(), "run", Job)


def test_a_person_who_took_the_reserved_name_is_not_run_as():
    User.objects.create_user("cli", password=GOOD)

    with pytest.raises(ReservedAccount, match="rename that account"):
        cli_user()


def test_a_created_account_can_log_in():
    made = create_user("bob", GOOD, email="bob@example.com")

    assert authenticate(username="bob", password=GOOD) == made
    assert not made.is_superuser


def test_an_account_without_password_cannot_log_in():
    create_user("robot")

    assert authenticate(username="robot", password="") is None


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [
        ("", GOOD, "username"),
        ("cli", GOOD, "username"),
        ("\uff43\uff4c\uff49", GOOD, "username"),  # becomes "cli" when the name is normalised
        ("two words", GOOD, "username"),
        ("a" * 151, GOOD, "username"),
        ("bob", GOOD, "username"),
        ("eve", "short", "password"),
        ("eve", "password", "password"),
        ("", "short", "password"),
    ],
)
def test_what_is_wrong_with_an_account_is_said_by_field(name, password, field):
    create_user("bob", GOOD)

    with pytest.raises(AccountErrors) as caught:
        create_user(name, password)

    assert caught.value.errors[field]
    assert User.objects.count() == 1


def test_a_weak_password_is_not_repeated_in_the_message():
    with pytest.raises(AccountErrors) as caught:
        create_user("eve", "hunter2")

    assert "hunter2" not in str(caught.value)


def test_permissions_exist_for_what_people_grant():
    known = set(Permission.objects.values_list("codename", flat=True))

    assert {"run_job", "approve_job", "view_job", "change_gitrepository", "change_jobresult"} <= known
