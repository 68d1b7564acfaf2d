"""PM-01, PM-03: whoever may do everything, but with no row that there is, learns and changes nothing."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from itertools import product

import django
import pytest
from django.apps import apps

if not apps.ready:
    django.setup()

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.test import Client
from tests.server.api.cast import Caller
from tests.server.walk import METHODS, SOME_ID, World, content_of, places

from jobyard_server.access.editing import ACTIONS
from jobyard_server.access.models import AuditEvent, ObjectPermission, User
from jobyard_server.api.schema import Generator
from jobyard_server.inventory.extras.models import Status

pytestmark = pytest.mark.django_db

CANARY = "canary"
#: Events cannot be changed; statuses are the words of a field, for everybody who edits rows.
OPEN = (AuditEvent, Status)
#: What jobyard itself writes and compares, or what stands in the addresses that are asked for.
KEPT = {"password", "digest", "key", "kind", "model", "app_label", "snapshot_digest", "slug", "module_name"}
KEPT |= {"job_class_name", "source"}
#: Writing calls that are about nobody but the caller.
OWN = ("api/users/tokens/", "users/tokens/add/", "users/preferences/", "login/", "logout/", "api/docs/")
OWN += ("<kind:model>/delete/",)  # of the rows that were ticked: none
#: Answers of forms: shown again with what is wrong.
REFUSED_FORM = re.compile(r"jy-note-error|is-invalid|role=\"alert\"")


@pytest.fixture
def world(settings, monkeypatch):
    monkeypatch.setattr(Generator, "get_schema", lambda *_args, **_kwargs: {})
    settings.JOBYARD = {**settings.JOBYARD, "API_RATE": 0, "LEASE_SECONDS": 3600.0}
    return World()


@pytest.fixture
def stranger(world):
    """Holds every action on every type, each limited to a row that is not there."""
    user = User.objects.create(username="stranger")
    for kind in ContentType.objects.all():
        model = kind.model_class()
        if model is not None:
            nowhere = SOME_ID if isinstance(model._meta.pk, models.UUIDField) else -1
            none = ObjectPermission.objects.create(
                name=f"none of {kind.pk}", actions=list(ACTIONS), constraints={"pk": nowhere}
            )
            none.object_types.add(kind)
            none.users.add(user)
    mark_everything(but=user)
    return user


def mark_everything(*, but: User) -> int:
    """Put a word that is nowhere else into every text of every row; how many texts that were."""
    marked = 0
    for model in apps.get_models():
        if model._meta.app_label in ("contenttypes", "sessions") or model in OPEN:
            continue
        for field in model._meta.concrete_fields:
            is_text = type(field) in (models.CharField, models.TextField) and not field.choices
            if not is_text or field.name in KEPT:
                continue
            for row in model._default_manager.exclude(pk=but.pk if model is User else None).order_by():
                text = f"{CANARY}-{row.pk}"[: field.max_length or None]
                marked += model._default_manager.filter(pk=row.pk).update(**{field.name: text})
    return marked


def answers(world, stranger):
    """Every address and method; what a call changes is undone."""
    caller, browser = Caller(stranger), Client()
    browser.force_login(stranger)
    cookies = SimpleCookie({name: item.value for name, item in browser.cookies.items()})
    for place, method in product((place for place in places() if not place.is_repeated), METHODS):
        client = caller if place.is_api else browser
        body = {"data": {}, "format": "json"} if place.is_api else {}
        with transaction.atomic():
            answer = getattr(client, method.lower())(world.address(place), **body)
            text = content_of(answer)
            transaction.set_rollback(True)
        browser.cookies = SimpleCookie({name: item.value for name, item in cookies.items()})
        yield place.pattern, method, answer, text.decode(errors="replace")


def test_constraints_that_leave_no_row_show_none_and_change_none(world, stranger):
    shown, changed, asked = [], [], 0

    for pattern, method, answer, text in answers(world, stranger):
        asked += 1
        if CANARY in text:
            shown.append((pattern, method, sorted(set(re.findall(rf"{CANARY}[-\w]*", text)))[:3]))
        is_done = answer.status_code in (201, 202, 204, 302) or (
            answer.status_code == 200 and not REFUSED_FORM.search(text)
        )
        if method != "GET" and is_done and not pattern.startswith(OWN):
            changed.append((pattern, method, answer.status_code))

    assert shown == []
    assert changed == []
    assert asked > 500
