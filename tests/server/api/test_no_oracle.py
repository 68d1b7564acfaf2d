"""F181, PM-06, PM-08, PM-10: nobody learns by asking what they may not see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from tests.server.api.cast import Caller, caller
from tests.server.grants import grant
from tests.server.inventory.cast import Lab

from jobyard_server.access.constraints import SECRET, problems
from jobyard_server.access.grantable import grantable_types
from jobyard_server.access.models import ObjectPermission, User
from jobyard_server.inventory.dcim.models import Device, Rack, RackReservation, Site
from jobyard_server.inventory.extras.models import Tag

pytestmark = pytest.mark.django_db

PASSWORD = "md5$salt$0123456789abcdef"
#: Columns with such names hold what nobody may read or probe.
SECRET_NAMES = re.compile("password|^digest$|_encrypted$|private_key")


@pytest.fixture
def lab():
    return Lab()


@pytest.fixture
def victim():
    return User.objects.create(username="victim", password=PASSWORD, is_superuser=True)


def reservation(rack: Rack, user: Any) -> dict[str, Any]:
    return {"rack": str(rack.pk), "units": [1], "user": user, "description": "x"}


@pytest.mark.parametrize("guess", ["md5", "sha"])
@pytest.mark.parametrize(
    "told",
    [
        {"username": "victim", "password__startswith": "{}"},
        {"username": "victim", "password__regex": "^{}"},
        {"password__startswith": "{}"},
        {"username": "victim", "tokens__digest__startswith": "{}"},
        {"username__startswith": "vic", "is_superuser": True},
    ],
    ids=" ".join,
)
def test_f181_no_member_of_a_reference_is_a_lookup(lab, victim, told, guess):
    """A right guess and a wrong one get the same answer."""
    bob = caller("bob", "add_rackreservation", "view_rack", "view_user")
    rack = Rack.objects.create(name="r1", site=lab.site, status="active")
    sent = {name: text.format(guess) if isinstance(text, str) else text for name, text in told.items()}

    answer = bob.post("/api/dcim/rack-reservations/", reservation(rack, sent), format="json")

    assert answer.status_code == 400
    assert "not found" in str(answer.json()["user"])
    assert not RackReservation.objects.exists()


def test_pm06_a_reference_names_what_the_caller_may_view(lab):
    hidden = Site.objects.create(name="Hidden", slug="hidden", status="active")
    bob = caller("bob", "add_device", "view_device", "view_devicerole", "view_devicetype")
    grant(bob.user, "view_site", constraints={"slug": "ams01"})
    sent = {
        "name": "sw1",
        "device_type": str(lab.kind.pk),
        "device_role": str(lab.role.pk),
        "status": "active",
    }

    answers = [
        bob.post("/api/dcim/devices/", {**sent, "site": site}, format="json")
        for site in (str(hidden.pk), {"slug": "hidden"}, {"name": "Hidden"}, {"slug": "nowhere"})
    ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert {re.sub("attributes: .*", "", answer.json()["site"][0]) for answer in answers} == {
        "Related object not found using the provided "
    }
    assert (
        bob.post("/api/dcim/devices/", {**sent, "site": {"slug": "ams01"}}, format="json").status_code == 201
    )


def test_pm06_what_is_referred_to_already_may_be_sent_back(lab):
    device = lab.device("sw1")
    bob = caller("bob", "change_device", "view_device")
    shown = bob.get(f"/api/dcim/devices/{device.pk}/").json()

    answer = bob.put(f"/api/dcim/devices/{device.pk}/", {**shown, "name": "sw2"}, format="json")

    assert answer.status_code == 200, answer.json()
    assert Device.objects.get().name == "sw2"


def test_pm06_tags_are_made_by_whoever_may_add_them(lab):
    Tag.objects.create(name="Hidden", slug="hidden")
    device = lab.device("sw1")
    bob = caller("bob", "change_device")
    place = f"/api/dcim/devices/{device.pk}/"

    hidden = bob.patch(place, {"tags": ["hidden"]}, format="json")
    new = bob.patch(place, {"tags": ["new"]}, format="json")
    grant(bob.user, "view_tag", "add_tag")

    assert (hidden.status_code, new.status_code) == (400, 400)
    assert "you may not add tags" in str(new.json())
    assert bob.patch(place, {"tags": ["hidden", "new"]}, format="json").status_code == 200
    assert sorted(device.tags.values_list("name", flat=True)) == ["Hidden", "new"]


LISTS = ["users/users", "users/tokens", "users/permissions", "users/audit-events", "users/groups"]
LISTS += ["extras/jobs", "extras/job-results", "extras/git-repositories", "extras/scheduled-jobs"]
LISTS += [
    "extras/object-changes",
    "extras/job-logs",
    "dcim/devices",
    "dcim/rack-reservations",
    "extras/notes",
]
QUESTIONS = ["password__startswith=md5", "user__password__startswith=md5", "user__password=x", "digest=x"]
QUESTIONS += ["token_encrypted__startswith=g", "webhooks__secret_encrypted=x", "user__tokens__digest=x"]


@pytest.mark.parametrize("where", LISTS)
def test_f181_what_is_secret_is_no_filter_no_order_and_no_field(where, victim):
    admin = Caller(victim)
    list_ = f"/api/{where}/?api_version=1.3"
    secrets = ("password", "user__password", "token_encrypted", "digest", "secret_encrypted", "key")

    for question in QUESTIONS:
        answer = admin.get(f"{list_}&{question}")
        assert answer.status_code == 400, question
    for name in secrets:
        for parameter in ("ordering", "sort"):
            assert admin.get(f"{list_}&{parameter}={name}").status_code in (200, 400), (parameter, name)
            assert PASSWORD not in admin.get(f"{list_}&{parameter}={name}").content.decode()
        answer = admin.get(f"{list_}&fields={name}")
        assert answer.status_code in (200, 400)
        assert name not in answer.content.decode().replace(f"“{name}”", "") or answer.status_code == 400
    for more in ("depth=1", "depth=10", "expand=user", "include=password", "exclude_m2m=false", "brief=true"):
        text = admin.get(f"{list_}&{more}").content.decode()
        assert PASSWORD not in text
        assert '"password"' not in text


def test_f181_every_secret_column_is_one_that_constraints_refuse():
    found = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if SECRET_NAMES.search(field.name)
    } - {("users.User", "password_of")}  # says who checks it, not what it is

    assert ("users.User", "password") in found
    assert ("users.Token", "digest") in found
    assert [pair for pair in found if not SECRET.search(pair[1])] == []


@pytest.mark.parametrize(
    "path",
    [
        "password",
        "user__password__startswith",
        "user__tokens__digest",
        "source__git_repository__token_encrypted",
    ],
)
def test_f181_a_constraint_is_no_oracle_either(path):
    assert "is secret" in problems({path: "x"}, [ObjectPermission])[0]


@pytest.mark.parametrize(
    "key", ["*", "~", "all", "%", "%25", "0", "null", "undefined", "..", "00000000-0000"]
)
@pytest.mark.parametrize(
    "where", ["extras/jobs", "extras/job-results", "users/tokens", "users/groups", "dcim/devices"]
)
def test_pm08_ids_are_exact(victim, where, key):
    admin = Caller(victim)

    assert admin.get(f"/api/{where}/{key}/").status_code == 404
    assert admin.delete(f"/api/{where}/", [{"id": key}], format="json").status_code == 400
    assert admin.delete(f"/api/{where}/", [], format="json").status_code == 400
    assert User.objects.filter(pk=victim.pk).exists()


def test_djangos_own_permissions_give_nothing_and_are_shown_nowhere(victim):
    bob, admin = caller("bob"), Caller(victim)
    group = Group.objects.create(name="netops")
    group.permissions.set(Permission.objects.all())
    bob.user.groups.add(group)

    assert bob.get("/api/dcim/devices/").status_code == 403
    assert not bob.user.has_perm("dcim.view_device")
    assert "permissions" not in admin.get(f"/api/users/groups/{group.pk}/").json()
    assert not any(kind.model_class() is Permission for kind in grantable_types())
    body = {"name": "x", "object_types": ["auth.permission"], "actions": ["view"]}
    answer = admin.post("/api/users/permissions/", body, format="json")
    assert "nothing that permissions are given for" in str(answer.json())


def test_tk03_a_limited_token_does_not_unlimit_itself(victim):
    limited = Caller(victim, allowed_networks=["127.0.0.0/8"])
    place = f"/api/users/tokens/{limited.token.token.pk}/"

    for change in ({"allowed_networks": []}, {"expires": None}, {"write_enabled": True}):
        assert limited.patch(place, change, format="json").status_code == 403
        answer = limited.patch(
            "/api/users/tokens/", [{"id": str(limited.token.token.pk), **change}], format="json"
        )
        assert answer.status_code == 403
    assert Caller(victim).patch(place, {"allowed_networks": []}, format="json").status_code == 200
    assert limited.delete(place).status_code == 204


def test_tk03_the_token_of_a_superuser_is_changed_by_superusers(victim):
    owner = Caller(victim)
    bob = caller("bob", "view_token", "change_token")

    answer = bob.patch(f"/api/users/tokens/{owner.token.token.pk}/", {"enabled": False}, format="json")

    assert answer.status_code == 403
    assert owner.get("/api/").status_code == 200


def test_pm03_what_is_in_the_way_of_a_deletion_is_named_to_those_who_may_see_it(lab):
    lab.device("secret-switch")
    bob = caller("bob", "view_site", "delete_site")

    hidden = bob.delete(f"/api/dcim/sites/{lab.site.pk}/").json()["detail"]
    grant(bob.user, "view_device")

    assert "secret-switch" not in hidden
    assert "may not view" in hidden
    assert "secret-switch" in bob.delete(f"/api/dcim/sites/{lab.site.pk}/").json()["detail"]


def test_every_writing_call_leaves_rows_inside_of_the_permission(lab):
    """PM-01: of repositories, jobs and schedules too, not of inventory rows alone."""
    bob = caller("bob", "view_gitrepository")
    grant(bob.user, "add_gitrepository", "change_gitrepository", constraints={"slug": "mine"})
    body = {"name": "Mine", "slug": "mine", "remote_url": "https://git.example.com/mine"}

    other = bob.post("/api/extras/git-repositories/", {**body, "slug": "other"}, format="json")
    mine = bob.post("/api/extras/git-repositories/", body, format="json")
    moved = bob.patch(mine.json()["url"], {"slug": "other"}, format="json")

    assert (other.status_code, mine.status_code, moved.status_code) == (403, 201, 403)
    assert "does not cover" in moved.json()["detail"]
    assert bob.get("/api/extras/git-repositories/").json()["results"][0]["slug"] == "mine"
