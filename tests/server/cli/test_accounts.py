"""`jobyard user …` and `jobyard token create`."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import pytest
from django.utils import timezone

from jobyard_server.access.accounts import create_user
from jobyard_server.access.models import AuditEvent, SecondFactor, Token, User
from jobyard_server.access.second_factor import new_secret, turn_on
from jobyard_server.access.tokens import find_token

PASSWORD = "correct horse battery staple"


def test_an_account_can_log_in_with_the_password_of_the_file(jobyard, db, tmp_path):
    (tmp_path / "password").write_text(f"{PASSWORD}\n")

    answer = jobyard("user", "create", "alice", "--admin", "--password-file", str(tmp_path / "password"))

    alice = User.objects.get(username="alice")
    assert (answer.stdout, answer.exit_code) == ("Created alice.\n", 0)
    assert alice.check_password(PASSWORD)
    assert alice.is_superuser


def test_a_weak_password_is_refused_on_the_command_line_too(jobyard, db):
    answer = jobyard("user", "create", "alice", "--password-file", "-", stdin="12345\n")

    assert answer.stderr.startswith("password: This password is too short.")
    assert answer.exit_code == 2
    assert not User.objects.exists()


def test_without_a_terminal_the_password_must_come_from_a_file(jobyard, db):
    answer = jobyard("user", "create", "alice")

    assert "give it with --password-file" in answer.stderr
    assert answer.exit_code == 2


def test_an_account_whose_device_is_lost_is_let_in_by_its_password_again(jobyard, db):
    alice = create_user("alice", PASSWORD)
    secret = new_secret()
    app = pyotp.TOTP(secret)
    turn_on(alice, secret, app.generate_otp(app.timecode(timezone.now())))

    answer = jobyard("user", "reset-second-factor", "alice")
    again = jobyard("user", "reset-second-factor", "alice")

    assert (answer.stdout, answer.exit_code) == ("alice has no second factor any more.\n", 0)
    assert (again.stderr, again.exit_code) == ('No account called "alice" has a second factor.\n', 2)
    assert not SecondFactor.objects.exists()
    assert AuditEvent.objects.latest("pk").details["second_factor"] == "reset"


def test_a_token_is_printed_once_and_alone(jobyard, db):
    create_user("alice")

    answer = jobyard(
        "token", "create", "alice", "--description", "CI", "--read-only", "--expires", "2040-01-31"
    )

    token = find_token(answer.stdout.strip())
    assert token
    assert (token.user.username, token.description, token.write_enabled) == ("alice", "CI", False)
    assert token.expires == datetime(2040, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize("name", ["nobody-knows", "cli"])
def test_no_token_for_an_account_that_is_nobodys(jobyard, db, name):
    answer = jobyard("token", "create", name)

    assert answer.exit_code == 2
    assert answer.stderr
    assert not Token.objects.exists()


def test_a_key_that_clients_have_becomes_a_token(jobyard, db, tmp_path):
    create_user("alice")
    key = "0123456789abcdefABCDEF0123456789abcdef01"

    answer = jobyard("token", "create", "alice", "--key-file", "-", stdin=f"{key}\n")
    again = jobyard("token", "create", "alice", "--key-file", "-", stdin=f"{key}\n")
    wrong = jobyard("token", "create", "alice", "--key-file", "-", stdin="jyd_x.y\n")

    assert (answer.stdout, answer.exit_code) == (f"{key}\n", 0)
    token = find_token(key)
    assert token
    assert token.user.username == "alice"
    assert (again.exit_code, wrong.exit_code) == (2, 2)
    assert "is a token already" in again.stderr
    assert "jyd_x.y" not in wrong.stderr
