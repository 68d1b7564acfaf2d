"""All models, all verbs, with and without the right: the table is generated, not written."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.api.cast import caller
from tests.server.api.inventory.rows import Rows

from jobyard_server.api.inventory.fields import relations_of
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.links import endpoint_of

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
NEEDS = {"get": "view", "post": "add", "put": "change", "patch": "change", "delete": "delete"}


def address(model):
    return f"/api/{endpoint_of(model)}/"


def granted(username, model, actions):
    """Somebody who may do *actions* with rows of *model*, of which there may be namesakes in other apps."""
    made = caller(username)
    codenames = [f"{action}_{model._meta.model_name}" for action in actions]
    kind = {"content_type__app_label": model._meta.app_label}
    made.user.user_permissions.set(Permission.objects.filter(codename__in=codenames, **kind))
    return made


@pytest.fixture
def rows(db):
    return Rows()


@EVERY
def test_a_row_is_listed_shown_changed_and_deleted(alice, rows, model):
    row = rows.make(model)
    place = f"{address(model)}{row.pk}/"

    shown = alice.get(place).json()
    listed = alice.get(f"{address(model)}?id={row.pk}").json()
    brief = alice.get(f"{address(model)}?id={row.pk}&brief=true").json()

    assert (shown["id"], shown["display"]) == (str(row.pk), str(row))
    assert listed["results"] == [shown]
    assert set(brief["results"][0]) <= {*shown, "value", "label"}
    assert brief["results"][0]["url"] == shown["url"] == f"http://testserver{place}"

    again = alice.put(place, shown)  # what is shown can be sent back
    assert again.status_code == 200, again.json()
    assert {**again.json(), "last_updated": ""} == {**shown, "last_updated": ""}
    assert alice.patch(place, {}).status_code == 200
    assert alice.patch(address(model), [{"id": str(row.pk)}]).status_code == 200
    assert alice.get(f"{address(model)}?q=nothing-like-this").status_code == 200

    assert alice.delete(place).status_code == 204
    assert alice.get(place).status_code == 404


@EVERY
def test_a_row_is_created_from_what_another_one_shows(alice, rows, model):
    row = rows.make(model)
    shown = alice.get(f"{address(model)}{row.pk}/").json()
    alice.delete(f"{address(model)}{row.pk}/")

    made = alice.post(address(model), shown)

    assert made.status_code == 201, made.json()
    fixed = {"id": "", "url": "", "created": "", "last_updated": "", "display": ""}
    assert {**made.json(), **fixed} == {**shown, **fixed}


@EVERY
def test_an_empty_body_is_told_what_is_missing(alice, model):
    answer = alice.post(address(model), {})

    assert answer.status_code in (400, 201), answer.content
    if answer.status_code == 400:
        assert all(isinstance(messages, list) for messages in answer.json().values())


@EVERY
@pytest.mark.parametrize("method", NEEDS)
def test_each_verb_needs_its_permission(rows, model, method):
    others = set(NEEDS.values()) - {NEEDS[method]}
    place = address(model) if method == "post" else f"{address(model)}{rows.make(model).pk}/"

    refused = getattr(granted("bob", model, others), method)(place, {})
    allowed = getattr(granted("erin", model, {NEEDS[method]}), method)(place, {})

    assert refused.status_code == 403
    assert allowed.status_code in (200, 201, 204, 400)


@EVERY
def test_the_number_of_queries_does_not_grow_with_the_rows(alice, rows, model):
    rows.make(model)
    ContentType.objects.clear_cache()
    alice.get(address(model))

    with CaptureQueriesContext(connection) as few:
        alice.get(address(model))
    rows.make_more(model)
    with CaptureQueriesContext(connection) as many:
        page = alice.get(address(model)).json()

    assert page["count"] > 1
    most = len(relations_of(model)) + 4
    assert len(many) <= max(most, len(few) + 1), [query["sql"][:100] for query in many]


def test_no_model_is_forgotten():
    from django.apps import apps

    labels = ("circuits", "dcim", "ipam", "tenancy", "virtualization")
    own = [model for label in labels for model in apps.get_app_config(label).get_models()]

    assert set(own) <= set(MODELS)
    assert len({endpoint_of(model) for model in MODELS}) == len(MODELS)


def test_a_row_that_does_not_exist(alice):
    for method in ("get", "put", "patch", "delete"):
        assert getattr(alice, method)(f"/api/dcim/devices/{uuid.uuid4()}/", {}).status_code == 404
