"""The second factor: set up, asked for between password and log-in, taken away."""

from __future__ import annotations

import html
import re
import time

import pyotp
import pytest
from django.test import Client
from django.utils import timezone
from tests.server.api.cast import Caller
from tests.server.grants import grant
from tests.server.ui.cast import Page

from jobyard_server.access import half_way
from jobyard_server.access.attempts import CODES_PER_ACCOUNT
from jobyard_server.access.models import AuditEvent, SecondFactor, User
from jobyard_server.access.second_factor import turn_on
from jobyard_server.access.sessions import SessionStore

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HERE = "/users/second-factor/"
LOG_IN = {"username": "bob", "password": "secret of bob", "next": "/extras/jobs/"}


def code_of(secret: str, step: int = 0) -> str:
    """That of now counts also when the next step begins meanwhile."""
    app = pyotp.TOTP(secret)
    return app.generate_otp(app.timecode(timezone.now()) + step)


def wrong_code(secret: str) -> str:
    near = {code_of(secret, step) for step in range(-3, 4)}
    return next(text for text in map("{:06}".format, range(10)) if text not in near)


@pytest.fixture
def secured(bob: User) -> list[str]:
    """Bob has a second factor; his recovery codes."""
    codes = turn_on(bob, SECRET, code_of(SECRET))
    SecondFactor.objects.update(last_step=0)  # that was long ago
    return codes


@pytest.fixture
def asked(client: Client, secured: list[str]) -> Client:
    """Bob has shown his password and is asked for the code."""
    assert client.post("/login/", LOG_IN).url == "/login/code/"
    return client


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def test_it_is_set_up_by_its_owner_with_a_picture_that_needs_no_script_and_no_style(as_user, bob):
    browser = as_user(bob)
    page = browser.get(HERE).content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)[1].replace(" ", "")

    again = browser.get(HERE).content.decode()
    wrong = browser.post(HERE, {"code": wrong_code(secret)})
    done = browser.post(HERE, {"code": code_of(secret)})

    assert secret[:4] in again, "a reload keeps what was scanned"
    assert '<svg class="jy-scan"' in page
    assert "style=" not in page
    assert (wrong.status_code, done.status_code) == (400, 200)
    codes = html.unescape(re.search(r"<textarea[^>]*>([^<]*)<", done.content.decode())[1]).split()
    assert len(set(codes)) == 10
    row = SecondFactor.objects.get(user=bob)
    stored = f"{row.secret} {row.recovery_digests}"
    assert not any(text in stored or text.replace("-", "") in stored for text in [secret, *codes])
    assert code_of(secret) not in browser.get(HERE).content.decode()
    event = AuditEvent.objects.get(action="changed", username="bob")
    assert event.details == {"fields": ["second_factor"], "second_factor": "on"}


def test_the_password_alone_logs_nobody_in(asked):
    assert not is_in(asked)
    assert asked.get(HERE).status_code == 302
    assert asked.get("/api/extras/jobs/").status_code == 403
    assert not AuditEvent.objects.filter(action="login").exists()


def test_the_code_does_and_leads_to_the_page_that_was_wanted(asked):
    answer = asked.post("/login/code/", {"code": code_of(SECRET)})

    assert answer.url == "/extras/jobs/"
    assert is_in(asked)
    assert AuditEvent.objects.filter(action="login", username="bob").count() == 1


def test_a_code_counts_once(asked):
    code = code_of(SECRET)
    other = Client()
    other.post("/login/", LOG_IN)
    asked.post("/login/code/", {"code": code})

    answer = other.post("/login/code/", {"code": code})

    assert answer.status_code == 400
    assert "was used already" in Page(answer).text
    assert not is_in(other)


def test_a_code_from_before_the_newest_one_counts_no_more(asked):
    asked.post("/login/code/", {"code": code_of(SECRET, 1)})
    other = Client()
    other.post("/login/", LOG_IN)

    assert other.post("/login/code/", {"code": code_of(SECRET)}).status_code == 400


def test_a_recovery_code_stands_in_once_however_it_is_written(asked, secured, client):
    written = secured[3].upper().replace("-", " ")
    assert asked.post("/login/code/", {"code": written}).status_code == 302
    other = Client()
    other.post("/login/", LOG_IN)

    assert other.post("/login/code/", {"code": secured[3]}).status_code == 400
    assert other.post("/login/code/", {"code": secured[4]}).status_code == 302
    assert "8 recovery codes are left" in Page(other.get(HERE)).text


def test_whoever_guesses_is_stopped_from_wherever_and_it_is_told(asked, secured):
    for number in range(CODES_PER_ACCOUNT):
        browser = Client(REMOTE_ADDR=f"192.0.2.{number}")
        browser.post("/login/", LOG_IN)
        assert browser.post("/login/code/", {"code": "x" * number}).status_code == 400

    answer = asked.post("/login/code/", {"code": secured[0]})

    assert answer.status_code == 429
    assert not is_in(asked)
    told = AuditEvent.objects.filter(username="bob").order_by("pk").values_list("action", flat=True)
    assert list(told)[-CODES_PER_ACCOUNT:] == ["code_refused"] * (CODES_PER_ACCOUNT - 1) + ["locked_out"]


@pytest.mark.parametrize("code", ["", " ", "12345", "\uff11" * 6, "x" * 5000, "\x00", "ab-cd"])
def test_what_is_no_code_is_refused_with_a_sentence(asked, code):
    answer = asked.post("/login/code/", {"code": code})

    assert (answer.status_code, "does not count" in Page(answer).text) == (400, True)


def test_the_second_step_counts_only_with_the_password_of_now_and_an_active_account(asked, bob):
    bob.is_active = False
    bob.save()
    assert asked.get("/login/code/").url == "/login/"
    bob.is_active = True
    bob.set_password("another one entirely")
    bob.save()

    assert asked.post("/login/code/", {"code": code_of(SECRET)}).url == "/login/"
    assert not is_in(asked)


def test_the_second_step_waits_for_a_while_only(asked, monkeypatch):
    monkeypatch.setattr(half_way, "time", _Later())

    assert asked.post("/login/code/", {"code": code_of(SECRET)}).url == "/login/"
    assert not is_in(asked)


class _Later:
    @staticmethod
    def time() -> float:
        return time.time() + half_way.LASTS + 1


def test_the_cookie_of_before_is_worth_nothing_afterwards(client, secured):
    client.post("/login/", LOG_IN)
    before = client.cookies["sessionid"].value
    client.post("/login/code/", {"code": code_of(SECRET)})

    assert client.cookies["sessionid"].value != before
    assert not SessionStore().exists(before)


def test_without_the_first_step_there_is_no_second(client, secured):
    for path in ("/login/code/", "/login/second-factor/"):
        assert client.get(path).url == "/login/"
        assert client.post(path, {"code": code_of(SECRET)}).url == "/login/"


def test_api_tokens_work_as_before(secured, bob):
    assert Caller(bob).get("/api/users/tokens/").status_code == 200


def test_its_owner_gets_new_recovery_codes_and_turns_it_off_with_a_code(as_user, bob, secured):
    browser = as_user(bob)

    refused = browser.post(HERE, {"code": "123", "do": "turn-off"})
    renewed = browser.post(HERE, {"code": secured[0], "do": "renew"})
    old = browser.post(HERE, {"code": secured[1], "do": "turn-off"})
    off = browser.post(HERE, {"code": code_of(SECRET), "do": "turn-off"})

    assert (refused.status_code, renewed.status_code, old.status_code, off.status_code) == (
        400,
        200,
        400,
        302,
    )
    assert not SecondFactor.objects.exists()


@pytest.mark.parametrize("who", ["superusers", "everyone"])
def test_who_must_have_one_sets_it_up_before_being_logged_in(client, alice, settings, who):
    settings.JOBYARD = {**settings.JOBYARD, "SECOND_FACTOR": who}
    answer = client.post(
        "/login/", {"username": "alice", "password": "secret of alice", "next": "/users/tokens/"}
    )
    page = client.get(answer.url).content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]{39})</code>", page)[1].replace(" ", "")
    assert answer.url == "/login/second-factor/"
    assert not is_in(client)

    done = client.post(answer.url, {"code": code_of(secret)})

    assert 'href="/users/tokens/">Done' in done.content.decode()
    assert is_in(client)
    kept = client.post(HERE, {"code": code_of(secret, 1), "do": "turn-off"})
    assert (kept.status_code, SecondFactor.objects.count()) == (400, 1)


def test_others_need_none_where_superusers_do(client, bob, settings):
    settings.JOBYARD = {**settings.JOBYARD, "SECOND_FACTOR": "superusers"}

    assert client.post("/login/", LOG_IN).url == "/extras/jobs/"


def test_an_account_of_a_provider_needs_none_and_is_told_so(as_user, bob):
    bob.set_unusable_password()
    bob.save()
    browser = as_user(bob)

    assert "identity provider" in Page(browser.get(HERE)).text
    assert browser.post(HERE, {"code": "1"}).status_code == 200
    assert not SecondFactor.objects.exists()


def test_an_administrator_takes_it_away_by_page(as_user, alice, bob, secured):
    browser = as_user(alice)
    place = f"/users/users/{bob.pk}/"
    form = {"username": "bob", "is_active": "on"}

    browser.post(place, form)
    assert SecondFactor.objects.filter(user=bob).exists()
    listed = Page(browser.get("/users/users/")).text
    browser.post(place, {**form, "remove_second_factor": "on"})

    assert "active, second factor" in listed
    assert not SecondFactor.objects.exists()
    fields = AuditEvent.objects.filter(object_repr="bob", username="alice").latest("pk").details["fields"]
    assert "second_factor" in fields


def test_an_administrator_takes_it_away_by_rest_and_gives_none(alice, bob, secured):
    caller, place = Caller(alice), f"/api/users/users/{bob.pk}/"

    before = caller.get(place).json()["second_factor"]
    kept = caller.patch(place, {"second_factor": True}, format="json")
    after = caller.patch(place, {"second_factor": False}, format="json")
    given = caller.patch(place, {"second_factor": True}, format="json")

    assert (before, kept.status_code, after.json()["second_factor"]) == (True, 200, False)
    assert (given.status_code, list(given.json())) == (400, ["second_factor"])


def test_only_a_superuser_takes_it_from_a_superuser(alice, bob):
    turn_on(alice, SECRET, code_of(SECRET))
    grant(bob, "view_user", "change_user")

    answer = Caller(bob).patch(f"/api/users/users/{alice.pk}/", {"second_factor": False}, format="json")

    assert answer.status_code == 400
    assert SecondFactor.objects.filter(user=alice).exists()
