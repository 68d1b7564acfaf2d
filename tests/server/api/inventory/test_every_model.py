"""All models, all verbs, with and without the right: the table is generated, not written."""

from __future__ import annotations

import base64
import uuid

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.server.api.cast import caller
from tests.server.api.inventory.rows import PNG, Rows
from tests.server.grants import grant

from jobyard_server.api.inventory.fields import has_files, relations_of
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.inventory.serializers import FAR_END
from jobyard_server.api.links import endpoint_of

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
AS_DATA = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
NEEDS = {"get": "view", "post": "add", "put": "change", "patch": "change", "delete": "delete"}


def address(model):
    return f"/api/{endpoint_of(model)}/"


def allow(somebody, model, actions):
    """They may do *actions* with rows of *model*, which may have namesakes in other apps; nothing else."""
    somebody.user.object_permissions.clear()
    names = (f"{action}_{model._meta.model_name}" for action in actions)
    grant(somebody.user, *names, app=model._meta.app_label)


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
    assert listed["results"] == [{name: shown[name] for name in listed["results"][0]}]
    assert set(shown) - set(listed["results"][0]) <= set(FAR_END)
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
    sent = {**shown, "image": AS_DATA} if has_files(model) else shown

    made = alice.post(address(model), sent)

    assert made.status_code == 201, made.json()
    told = ("id", "url", "image", "created", "last_updated", "display", "user", "user_name")
    fixed = dict.fromkeys(told)  # made anew, or by the one who asks
    as_shown = {name: value for name, value in shown.items() if not name.startswith("connected_endpoint")}
    assert {**made.json(), **fixed} == {**as_shown, **fixed}  # paths of cables are told of one row alone


@EVERY
def test_an_empty_body_is_told_what_is_missing(alice, model):
    answer = alice.post(address(model), {})

    assert answer.status_code in (400, 201), answer.content
    if answer.status_code == 400:
        assert all(isinstance(messages, list) for messages in answer.json().values())


@EVERY
def test_each_verb_needs_its_permission(rows, model):
    bob, erin = caller("bob"), caller("erin")
    row = rows.make(model)
    for method, needed in NEEDS.items():  # the last one takes the row away
        place = address(model) if method == "post" else f"{address(model)}{row.pk}/"
        allow(bob, model, set(NEEDS.values()) - {needed})
        allow(erin, model, {needed})

        refused = getattr(bob, method)(place, {})
        allowed = getattr(erin, method)(place, {})

        assert (method, refused.status_code) == (method, 403)
        assert allowed.status_code in (200, 201, 204, 400), (method, allowed.content)


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
