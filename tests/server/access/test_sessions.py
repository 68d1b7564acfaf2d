"""F176, F179: how a log-in begins and ends, and what a copy of the database is worth."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as PlainSessions
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from tests.server.api.cast import Caller

from jobyard_server.access.models import Token, User
from jobyard_server.access.sessions import IDLE, NOTED, SEEN

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"
COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
def alice():
    return User.objects.create_user("alice", password=PASSWORD, is_superuser=True)


@pytest.fixture
def browser(alice):
    found = Client()
    found.post("/login/", {"username": "alice", "password": PASSWORD})
    assert is_in(found)
    return found


def is_in(browser) -> bool:
    return browser.get("/users/preferences/").status_code == 200


def with_cookie(key: str) -> Client:
    found = Client()
    found.cookies[COOKIE] = key
    return found


def test_f179_a_copy_of_the_database_lets_nobody_in(browser, alice):
    """Not by what is stored of a log-in, of a token, or of a password."""
    caller = Caller(alice)
    row, token = Session.objects.get(), Token.objects.get()
    stored = [row.session_key, row.session_data, token.digest, token.hint, alice.password]

    for text in stored:
        assert not is_in(with_cookie(text))
        assert Client().get("/api/", HTTP_AUTHORIZATION=f"Token {text}").status_code == 403
        answer = Client().post("/login/", {"username": "alice", "password": text})
        assert answer.status_code == 200  # the form again
    assert browser.cookies[COOKIE].value not in stored
    assert caller.token.key not in stored
    assert caller.get("/api/").status_code == 200


def test_f179_the_text_of_a_stored_log_in_is_of_no_use_elsewhere(browser):
    stolen = Session.objects.get().session_data
    Session.objects.create(
        session_key="k" * 32, session_data=stolen, expire_date=timezone.now() + timedelta(1)
    )

    assert not is_in(with_cookie("k" * 32))


def test_f176_a_log_in_has_a_key_that_nobody_knew_before(alice):
    planted = PlainSessions()
    planted.create()
    browser = with_cookie(planted.session_key)

    browser.post("/login/", {"username": "alice", "password": PASSWORD})

    assert is_in(browser)
    assert browser.cookies[COOKIE].value != planted.session_key
    assert not is_in(with_cookie(planted.session_key))


def test_f176_a_key_from_before_the_log_in_is_not_logged_in(alice):
    browser = Client()
    session = browser.session
    session["here"] = "before"
    session.save()
    before = session.session_key
    browser.cookies[COOKIE] = before

    browser.post("/login/", {"username": "alice", "password": PASSWORD})

    assert is_in(browser)
    assert not is_in(with_cookie(before))


@pytest.mark.parametrize("change", ["password", "inactive", "deleted", "log out"])
def test_f176_what_ends_a_log_in_ends_it_everywhere(browser, alice, change):
    key = browser.cookies[COOKIE].value
    if change == "password":
        alice.set_password("another horse battery")
        alice.save()
    elif change == "inactive":
        User.objects.update(is_active=False)
    elif change == "deleted":
        alice.delete()
    else:
        browser.post("/logout/")
        assert not Session.objects.exists()

    assert not is_in(with_cookie(key))


def test_tk08_a_log_in_ends_after_its_time_whatever_happens_meanwhile(browser):
    end = Session.objects.get().expire_date
    session = browser.session
    session["more"] = "x"
    session.save()

    assert Session.objects.get().expire_date == end
    assert abs((end - timezone.now()).total_seconds() - settings.SESSION_COOKIE_AGE) < 600


def test_tk08_a_log_in_that_nobody_uses_ends(browser):
    session = browser.session
    session[SEEN] = int(time.time()) - IDLE - 1
    session.save()

    assert not is_in(browser)
    assert not Session.objects.filter(session_data__contains=SESSION_KEY).exists()


def test_tk08_use_is_noted_now_and_then(browser, django_assert_num_queries):
    session = browser.session
    session[SEEN] = int(time.time()) - NOTED - 1
    session.save()

    assert is_in(browser)

    assert browser.session[SEEN] > int(time.time()) - NOTED
