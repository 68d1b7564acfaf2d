"""F174: nothing changes by a GET, without the token of a form, or because of another site."""

from __future__ import annotations

from http.cookies import SimpleCookie

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from django.db import transaction
from django.test import Client
from rest_framework.test import APIClient
from tests.server.walk import World, content_of, places

from jobyard_server.api.schema import Generator

pytestmark = pytest.mark.django_db
#: Forges sign what they send and have no cookie; whoever is not logged in has nothing to lose.
OPEN = ("webhooks/", "login/")
#: Refusals are told in the audit log, log-ins note when they are used, and the last one has no table.
UNWATCHED = ("users.AuditEvent", "sessions.Session", "django_tomselect.EmptyModel")
#: Log-ins are noted when they are used; the other one has no table.
UNWATCHED = ("sessions.Session", "django_tomselect.EmptyModel")


@pytest.fixture
def world(settings, monkeypatch):
    monkeypatch.setattr(Generator, "get_schema", lambda *_args, **_kwargs: {})
    settings.JOBYARD = {**settings.JOBYARD, "API_RATE": 0, "LEASE_SECONDS": 3600.0}
    return World()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "null"},
        {"HTTP_REFERER": "https://evil.example/", "secure": True},
    ],
    ids=["no token", "another site", "no site", "led here"],
)
def test_f174_a_cookie_alone_changes_nothing(world, sent):
    """Asked as a browser does for a form of another site: the cookie, and JSON that calls itself text."""
    admin = world.people["admin"]
    browser, api = Client(enforce_csrf_checks=True), APIClient(enforce_csrf_checks=True)
    browser.force_login(admin)
    api.force_login(admin)
    done = []

    for place in places():
        if place.is_repeated or place.pattern.startswith(OPEN):
            continue
        client = api if place.is_api else browser
        cookies = SimpleCookie({name: item.value for name, item in client.cookies.items()})
        with transaction.atomic():
            answer = client.generic("POST", world.address(place), b'{"a": 1}', "text/plain", **sent)
            transaction.set_rollback(True)
        client.cookies = cookies
        if answer.status_code not in (403, 404, 405):
            done.append((place.pattern, answer.status_code))

    assert [row for row in done if row[0] != "api/docs/"] == []


def test_f174_no_get_changes_a_row(world):
    browser, caller = world.pages["admin"], world.callers["admin"]
    watched = [model for model in apps.get_models() if model._meta.label not in UNWATCHED]
    before = {model: rows_of(model) for model in watched}

    for place in places():
        if not place.is_repeated:
            content_of((caller if place.is_api else browser).get(world.address(place)))

    changed = [model._meta.label for model in watched if rows_of(model) != before[model]]
    assert changed in ([], ["users.Token"])  # when it was used last


def rows_of(model) -> list[tuple]:
    return list(model._default_manager.order_by("pk").values_list())
