"""All models, all verbs, with and without the right: the table is generated, not written."""

from __future__ import annotations

import base64
import uuid

import pytest
from tests.server.api.cast import caller
from tests.server.api.inventory.rows import PNG
from tests.server.grants import grant

from jobyard_server.api.inventory.fields import has_files
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.inventory.serializers import FAR_END
from jobyard_server.api.links import endpoint_of

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
AS_DATA = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
NEEDS = {"get": "view", "post": "add", "put": "change", "patch": "change", "delete": "delete"}


def address(model):
    return f"/api/{endpoint_of(model)}/"


class Granted:
    """Somebody with one permission, for rows of one model."""

    def __init__(self, name):
        self.caller = caller(name)

    def of(self, model):
        """From now on of *model*, which may have namesakes in other apps."""
        self.caller.user.object_permissions.clear()
        grant(self.caller.user, f"view_{model._meta.model_name}", app=model._meta.app_label)
        return self

    def ask(self, actions, method, place):
        """With the right to do *actions* and no other."""
        self.caller.user.object_permissions.update(actions=sorted(actions))
        return getattr(self.caller, method)(place, {})


@pytest.fixture(scope="module")
def bob_and_erin(made):
    return Granted("bob"), Granted("erin")


@EVERY
def test_a_row_is_listed_shown_changed_and_deleted(db, owner, made, model):
    row = made[model]
    place = f"{address(model)}{row.pk}/"

    shown = owner.get(place).json()
    listed = owner.get(f"{address(model)}?id={row.pk}").json()
    brief = owner.get(f"{address(model)}?id={row.pk}&brief=true").json()

    assert (shown["id"], shown["display"]) == (str(row.pk), str(row))
    assert listed["results"] == [{name: shown[name] for name in listed["results"][0]}]
    assert set(shown) - set(listed["results"][0]) <= set(FAR_END)
    assert set(brief["results"][0]) <= {*shown, "value", "label"}
    assert brief["results"][0]["url"] == shown["url"] == f"http://testserver{place}"

    again = owner.put(place, shown)  # what is shown can be sent back
    assert again.status_code == 200, again.json()
    assert {**again.json(), "last_updated": ""} == {**shown, "last_updated": ""}
    assert owner.patch(place, {}).status_code == 200
    assert owner.patch(address(model), [{"id": str(row.pk)}]).status_code == 200

    assert owner.delete(place).status_code == 204
    assert not model._default_manager.filter(pk=row.pk).exists()


@EVERY
def test_a_row_is_created_from_what_another_one_shows(db, owner, made, model):
    row = made[model]
    shown = owner.get(f"{address(model)}{row.pk}/").json()
    owner.delete(f"{address(model)}{row.pk}/")
    sent = {**shown, "image": AS_DATA} if has_files(model) else shown

    made = owner.post(address(model), sent)

    assert made.status_code == 201, made.json()
    told = ("id", "url", "image", "created", "last_updated", "display", "user", "user_name")
    fixed = dict.fromkeys(told)  # made anew, or by the one who asks
    as_shown = {name: value for name, value in shown.items() if not name.startswith("connected_endpoint")}
    assert {**made.json(), **fixed} == {**as_shown, **fixed}  # paths of cables are told of one row alone


@EVERY
def test_an_empty_body_is_told_what_is_missing(db, owner, model):
    answer = owner.post(address(model), {})

    assert answer.status_code in (400, 201), answer.content
    if answer.status_code == 400:
        assert all(isinstance(messages, list) for messages in answer.json().values())


@EVERY
def test_each_verb_needs_its_permission(db, bob_and_erin, made, model):
    bob, erin = (somebody.of(model) for somebody in bob_and_erin)
    for method, needed in NEEDS.items():  # the last one takes the row away
        place = address(model) if method == "post" else f"{address(model)}{made[model].pk}/"

        refused = bob.ask(set(NEEDS.values()) - {needed}, method, place)
        allowed = erin.ask({needed}, method, place)

        assert (method, refused.status_code) == (method, 403)
        assert allowed.status_code in (200, 201, 204, 400, 409), (method, allowed.content)


def test_no_model_is_forgotten():
    from django.apps import apps

    labels = ("circuits", "dcim", "ipam", "tenancy", "virtualization")
    own = [model for label in labels for model in apps.get_app_config(label).get_models()]

    assert set(own) <= set(MODELS)
    assert len({endpoint_of(model) for model in MODELS}) == len(MODELS)


def test_a_row_that_does_not_exist(owner):
    for method in ("get", "put", "patch", "delete"):
        assert getattr(owner, method)(f"/api/dcim/devices/{uuid.uuid4()}/", {}).status_code == 404
