from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobyard_server.access import tokens
from jobyard_server.access.accounts import cli_user
from jobyard_server.access.errors import ReservedAccount, TokenRefused
from jobyard_server.access.models import Token
from jobyard_server.access.tokens import create_token, find_token, note_use

pytestmark = pytest.mark.django_db


def test_a_token_is_found_by_its_key_with_its_user_in_one_query(alice, django_assert_num_queries):
    made = create_token(alice, description="for the pipeline")

    with django_assert_num_queries(1):
        found = find_token(made.key)
        assert found.user == alice

    assert found == made.token
    assert len(made.key) == 40


def test_the_table_holds_nothing_that_lets_somebody_in(alice):
    made = create_token(alice)

    with connection.cursor() as cursor:
        cursor.execute("SELECT users_token::text FROM users_token")
        (row,) = cursor.fetchone()

    assert made.key not in row
    assert made.key[:8] not in row
    assert find_token(made.token.digest[:40]) is None
    assert made.key not in repr(made)


def test_a_key_that_clients_have_already_stays_valid(alice):
    create_token(alice, key="ABCDEFabcdef0123456789ABCDEFabcdef012345")

    assert find_token("ABCDEFabcdef0123456789ABCDEFabcdef012345").user == alice


@pytest.mark.parametrize("key", ["", "abc", "g" * 40, "a" * 41, "a" * 39 + "\n", " " * 40, "a" * 40 + "\n"])
def test_a_key_that_is_not_40_hex_digits_is_refused_without_repeating_it(alice, key):
    with pytest.raises(TokenRefused, match="40 hexadecimal digits") as caught:
        create_token(alice, key=key)

    assert not key.strip() or key not in str(caught.value)


def test_a_key_that_is_a_token_already_is_refused(alice, bob):
    create_token(alice, key="a" * 40)

    with pytest.raises(TokenRefused, match="already"):
        create_token(bob, key="a" * 40)

    assert find_token("a" * 40).user == alice


@pytest.mark.parametrize("key", ["", "x", "a" * 40, "%" * 40, "\x00" * 40, "a" * 10_000])
def test_an_unknown_key_finds_nothing(db, key):
    assert find_token(key) is None


def test_a_disabled_token_is_unknown(alice):
    made = create_token(alice)
    Token.objects.update(enabled=False)

    assert find_token(made.key) is None


def test_the_account_of_the_command_line_has_no_tokens(db):
    with pytest.raises(ReservedAccount):
        create_token(cli_user())


def test_use_is_noted_at_most_once_a_minute(alice, django_assert_num_queries):
    made = create_token(alice)
    note_use(find_token(made.key))
    first = find_token(made.key)

    with django_assert_num_queries(0):
        note_use(first)
    Token.objects.update(last_used=timezone.now() - timedelta(seconds=61))
    note_use(find_token(made.key))

    assert first.last_used is not None
    assert find_token(made.key).last_used > first.last_used


def test_f178_an_older_pepper_keeps_its_tokens_valid(alice, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "before"
    made = create_token(alice)
    old = (tmp_path / "before/keys/token-pepper").read_text()

    settings.DATA_DIR = tmp_path / "after"
    (tmp_path / "after/keys").mkdir(parents=True)
    (tmp_path / "after/keys/token-pepper").write_text(f"a-new-pepper\n{old}")

    assert find_token(made.key) == made.token
    assert tokens.token_digests(made.key)[1] == made.token.digest


def test_another_installation_cannot_use_a_copied_table(alice, settings, tmp_path):
    made = create_token(alice)

    settings.DATA_DIR = tmp_path

    assert find_token(made.key) is None
