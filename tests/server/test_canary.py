"""F187, SR-10: a word in every secret field is in no answer, no log, no row and no file."""

from __future__ import annotations

import logging

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from django.conf import settings as django_settings
from django.core import serializers
from django.db import connection
from tests.server.walk import World, content_of, places

from jobyard_server.access.models import User
from jobyard_server.access.tokens import create_token
from jobyard_server.api.schema import Generator
from jobyard_server.registry.repositories import change_repository
from jobyard_server.webhooks.hooks import create_hook, rotate_secret

pytestmark = pytest.mark.django_db
CANARY = "canary-7c1f0a55e1"
KEY = "ca7a21" * 6 + "ca7a"


@pytest.fixture
def world(settings, monkeypatch, caplog):
    monkeypatch.setattr(Generator, "get_schema", lambda *_args, **_kwargs: {})
    settings.JOBYARD = {
        **settings.JOBYARD,
        "API_RATE": 0,
        "LEASE_SECONDS": 3600.0,
        "BROKER_URL": f"redis://:{CANARY}@127.0.0.1/0",
        "ADMIN_PASSWORD": CANARY,
        "ADMIN_TOKEN": KEY,
        "OIDC_CLIENT_SECRET": CANARY,
        "LDAP_BIND_PASSWORD": CANARY,
    }
    caplog.set_level(logging.DEBUG)
    return World()


def plant(world) -> list[object]:
    """Everything that is entered or made as a secret; the rows that hold it."""
    admin = world.people["admin"]
    repository = world.source.git_repository
    change_repository(repository, user=admin, username="bot", token=CANARY)
    hook, _ = create_hook(repository, provider="gitea", secret=f"{CANARY}-first", user=admin)
    rotate_secret(hook, f"{CANARY}-second", user=admin)
    token = create_token(admin, key=KEY, description="planted").token
    person = User.objects.create_user("planted", password=CANARY)
    repository.refresh_from_db()
    hook.refresh_from_db()
    return [repository, hook, token, person]


def test_f187_a_secret_is_in_no_answer(world, caplog):
    planted = plant(world)
    asked = 0

    for place in places():
        if place.is_repeated:
            continue
        client = world.callers["admin"] if place.is_api else world.pages["admin"]
        answer = client.get(world.address(place))
        text = content_of(answer).decode(errors="replace") + str(answer.headers)
        assert CANARY not in text, place
        assert KEY not in text, place
        asked += 1

    assert asked > 150
    for row in planted:
        for text in (repr(row), str(row), serializers.serialize("json", [row])):
            assert CANARY not in text
            assert KEY not in text
    assert CANARY not in caplog.text
    assert KEY not in caplog.text


def test_f187_a_secret_is_in_no_row_in_the_clear(world):
    plant(world)
    holding = []

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY (%s)', [[f"%{CANARY}%", f"%{KEY}%"]]
            )
            if cursor.fetchone()[0]:
                holding.append(table)

    assert holding == []


def test_f187_a_secret_is_in_no_file_of_the_data_folder(world):
    plant(world)

    holding = [
        path
        for path in django_settings.DATA_DIR.rglob("*")
        if path.is_file() and not path.is_symlink() and CANARY.encode() in path.read_bytes()
    ]

    assert holding == []


def test_f187_what_a_form_was_sent_is_not_shown_again(world):
    """A refused form comes back without the secret."""
    page = world.pages["admin"]
    place = f"/extras/git-repositories/{world.source.git_repository.slug}"

    for address, body in [
        (f"{place}/edit/", {"name": "", "remote_url": "https://git.example.com/x", "token": CANARY}),
        (f"{place}/edit/", {"name": "x", "remote_url": f"https://bot:{CANARY}@git.example.com/x"}),
        ("/users/users/add/", {"username": "", "password": CANARY}),
        ("/login/", {"username": "nobody", "password": CANARY}),
        (f"{place}/remote/hooks/add/", {"provider": "none", "secret": CANARY}),
    ]:
        answer = page.post(address, body)
        assert CANARY not in answer.content.decode().replace(f"bot:{CANARY}@", ""), address
        assert answer.status_code < 500


def test_sr09_errors_of_the_api_do_not_repeat_a_secret(world):
    caller = world.callers["admin"]
    place = f"/api/extras/git-repositories/{world.source.git_repository.pk}/"

    for body in (
        {"token": [CANARY]},
        {"token": CANARY, "branch": "..", "ssh_key": CANARY},
        {"remote_url": f"https://bot:{CANARY}@git.example.com/x"},
        {"webhook_secret": CANARY[:8]},
    ):
        answer = caller.patch(place, body, format="json")
        assert CANARY not in answer.content.decode(), body
        assert answer.status_code == 400, (body, answer.content)
