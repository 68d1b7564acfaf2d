from __future__ import annotations

import pytest
from django.contrib.auth import authenticate

from jobyard_server.access.accounts import cli_user
from jobyard_server.access.errors import AccountErrors, TokenRefused
from jobyard_server.access.first_admin import make_first_admin
from jobyard_server.access.models import Token, User
from jobyard_server.access.tokens import find_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def option(settings):
    """``option(ADMIN_USER="root")`` sets options for this test."""

    def change(**values):
        settings.JOBYARD = {**settings.JOBYARD, **values}

    return change


def test_the_first_start_makes_an_administrator_who_can_log_in_and_call():
    made = make_first_admin()

    assert made.username == "admin"
    assert authenticate(username="admin", password=made.password).is_superuser
    assert find_token(made.token).user.username == "admin"
    assert find_token(made.token).write_enabled


def test_f185_what_is_generated_differs_between_installations(db):
    first = make_first_admin()
    User.objects.all().delete()

    second = make_first_admin()

    assert first.password != second.password
    assert first.token != second.token


def test_the_options_decide_when_they_are_set(option):
    option(ADMIN_USER="root", ADMIN_PASSWORD="s3cret of mine", ADMIN_TOKEN="0123456789" * 4)

    made = make_first_admin()

    assert authenticate(username="root", password="s3cret of mine").username == made.username == "root"
    assert find_token("0123456789" * 4).user.username == "root"


def test_the_account_of_the_command_line_does_not_count():
    cli_user()

    assert make_first_admin() is not None


def test_nothing_is_made_once_there_are_users(option):
    User.objects.create_user("bob")
    option(ADMIN_TOKEN="0123456789" * 4)

    assert make_first_admin() is None
    assert not User.objects.filter(is_superuser=True).exists()
    assert find_token("0123456789" * 4) is None


def test_a_second_call_makes_nothing():
    make_first_admin()

    assert make_first_admin() is None
    assert User.objects.count() == Token.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "error"),
    [({"ADMIN_TOKEN": "not hex"}, TokenRefused), ({"ADMIN_USER": "cli"}, AccountErrors)],
)
def test_options_that_cannot_be_used_leave_nothing_behind(option, values, error):
    option(**values)

    with pytest.raises(error):
        make_first_admin()

    assert not User.objects.exists()


def test_a_weak_password_is_accepted_but_said_without_repeating_it(option, caplog):
    option(ADMIN_PASSWORD="hunter2")

    make_first_admin()

    assert "JOBYARD_ADMIN_PASSWORD is weak" in caplog.text
    assert "hunter2" not in caplog.text


def test_the_secrets_are_not_in_its_repr():
    made = make_first_admin()

    assert made.password not in repr(made)
    assert made.token not in repr(made)
