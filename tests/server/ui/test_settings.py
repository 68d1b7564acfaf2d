"""The page of the settings: what is configured and by what, and no secret."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from tests.server.ui import cast
from tests.server.ui.cast import Page

from jobyard_server.option_values import origin_of, shown_value
from jobyard_server.options import OPTIONS

pytestmark = pytest.mark.django_db
SETTINGS = "/-/settings/"
SECRET = "correct-horse-battery-staple"
BY_NAME = {option.name: option for option in OPTIONS}


def test_every_option_is_told_with_its_meaning_and_no_secret(as_user, alice, settings):
    secrets = {option.name: SECRET for option in OPTIONS if option.secret}
    settings.JOBYARD = {**django_settings.JOBYARD, **secrets, "OIDC_URL": f"https://a:{SECRET}@example.com/"}

    page = Page(as_user(alice).get(SETTINGS))

    ids = {attrs["id"] for attrs in page.all("div", class_="jy-setting")}
    assert ids == {option.variable for option in OPTIONS}
    assert SECRET not in page.text
    assert "https://********@example.com/" in page.text


def test_what_somebody_set_stands_apart_from_the_defaults(as_user, alice, monkeypatch):
    monkeypatch.setenv("JOBYARD_SECRET_KEY_FILE", "/run/secrets/key")

    text = Page(as_user(alice).get(SETTINGS)).text

    assert text.index("Set here") < text.index("JOBYARD_ SECRET_ KEY") < text.index("Defaults")
    assert "From JOBYARD_SECRET_KEY_FILE ." in text


@pytest.mark.parametrize(
    ("name", "environ", "origin"),
    [
        ("DEBUG", {}, ""),
        ("DEBUG", {"JOBYARD_DEBUG": "off"}, "JOBYARD_DEBUG"),
        (
            "SECRET_KEY",
            {"JOBYARD_SECRET_KEY": "x", "JOBYARD_SECRET_KEY_FILE": "/f"},
            "JOBYARD_SECRET_KEY_FILE",
        ),
        ("DEBUG", {"JOBYARD_DEBUG_FILE": "/f"}, ""),
        ("JOBS_ROOT", {"NAUTOBOT_ROOT": "/opt", "NAUTOBOT_JOBS_ROOT": "/jobs"}, "NAUTOBOT_JOBS_ROOT"),
        ("JOBS_ROOT", {"NAUTOBOT_ROOT": "/opt"}, "NAUTOBOT_ROOT"),
    ],
)
def test_the_variable_that_gave_a_value_is_named(name, environ, origin):
    assert origin_of(BY_NAME[name], environ) == origin


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("DEBUG", False, "false"),
        ("BASE_URL", None, "(not set)"),
        ("ALLOWED_HOSTS", ["a", "b"], "a,b"),
        ("PLUGINS", [], "(none)"),
        ("LDAP_URL", "ldaps://cn=x:y@example.com:636", "ldaps://********@example.com:636"),
    ],
)
def test_values_are_told_as_they_are_written(name, value, shown):
    assert shown_value(BY_NAME[name], value) == shown


def test_options_can_be_searched(as_user, alice):
    page = Page(as_user(alice).get(SETTINGS, {"q": "sandbox TCP"}))

    assert [attrs["id"] for attrs in page.all("div", class_="jy-setting")] == ["JOBYARD_SANDBOX_TCP_PORTS"]
    assert "No option matches" in Page(as_user(alice).get(SETTINGS, {"q": "zebra"})).text


def test_only_superusers_see_it(as_user, bob):
    answer = as_user(bob).get(SETTINGS)

    assert answer.status_code == 403
    assert not Page(as_user(bob).get("/users/tokens/")).all("a", href=SETTINGS)


def test_the_tab_leads_there(as_user, alice):
    cast.make_job()

    assert Page(as_user(alice).get("/users/tokens/")).all("a", href=SETTINGS)
