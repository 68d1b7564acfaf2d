"""The pages of users, groups, permissions, tokens and the audit log."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from tests.server.grants import grant
from tests.server.ui.cast import Page, make_user

from jobyard_server.access.attempts import PER_ACCOUNT
from jobyard_server.access.models import AuditEvent, ObjectPermission, Token, User
from jobyard_server.access.tokens import create_token, find_token
from jobyard_server.registry.models import Job

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"
LOG_IN = {"username": "bob", "password": "secret of bob"}


def test_a_user_is_added_and_can_log_in(as_user, alice, client):
    group = Group.objects.create(name="operators")
    form = {"username": "erin", "password": PASSWORD, "is_active": "on", "groups": [str(group.pk)]}

    answer = as_user(alice).post("/users/users/add/", form)

    erin = User.objects.get(username="erin")
    assert (answer.status_code, answer["Location"]) == (302, "/users/users/")
    assert erin.check_password(PASSWORD)
    assert list(erin.groups.all()) == [group]
    assert not erin.is_superuser
    event = AuditEvent.objects.get(action="created", object_type="users.user")
    assert (event.username, event.object_repr, event.via) == ("alice", "erin", "page")
    assert PASSWORD not in str(event.details)


def test_a_form_that_is_refused_comes_back_as_it_was(as_user, alice):
    answer = as_user(alice).post("/users/users/add/", {"username": "erin", "email": "no", "password": "x"})

    page = Page(answer)
    assert answer.status_code == 400
    assert page.field("username")["value"] == "erin"
    assert "value" not in page.field("password") or page.field("password")["value"] == ""
    assert "Enter a valid email address." in page.text
    assert "This password is too short" in page.text
    assert not User.objects.filter(username="erin").exists()


def test_who_may_change_users_makes_no_superuser_and_touches_none(as_user, alice, bob):
    grant(bob, "view_user", "change_user", "add_user", "delete_user")
    browser = as_user(bob)

    made = browser.post("/users/users/add/", {"username": "eve", "password": PASSWORD, "is_superuser": "on"})
    taken = browser.post(f"/users/users/{alice.pk}/", {"username": "alice", "password": PASSWORD})
    deleted = browser.post(f"/users/users/{alice.pk}/delete/")

    assert (made.status_code, taken.status_code, deleted.status_code) == (400, 400, 200)
    assert not User.objects.filter(username="eve").exists()
    assert User.objects.get(username="alice").check_password("secret of alice")


def test_a_permission_is_made_and_works(as_user, alice, charlie):
    kind = ContentType.objects.get_for_model(Job)
    form = {"name": "See jobs", "enabled": "on", "object_types": [kind.pk], "actions": ["view"]}
    form |= {"users": [str(charlie.pk)], "constraints": '{"module_name__in": ["audit"]}'}

    answer = as_user(alice).post("/users/permissions/add/", form)

    made = ObjectPermission.objects.get()
    assert answer.status_code == 302
    assert made.constraints == {"module_name__in": ["audit"]}
    assert User.objects.get(username="charlie").has_perm("extras.view_job")
    shown = Page(as_user(alice).get(f"/users/permissions/{made.pk}/"))
    assert shown.all("option", value=str(kind.pk))[0].get("selected") is not None
    assert "See jobs" in Page(as_user(alice).get("/users/permissions/")).text


def test_who_may_not_see_a_user_or_a_group_does_not_take_it_out_of_a_permission(as_user, bob, charlie):
    grant(bob, "view_objectpermission", "change_objectpermission")
    grant(bob, "view_user", constraints={"username": "bob"})
    night = Group.objects.create(name="night shift")
    held = ObjectPermission.objects.create(name="See jobs", actions=["view"])
    kind = ContentType.objects.get_for_model(Job)
    held.object_types.add(kind)
    held.users.add(bob, charlie)
    held.groups.add(night)
    address = f"/users/permissions/{held.pk}/"

    page = Page(as_user(bob).get(address))
    form = {"name": "See all jobs", "object_types": [kind.pk], "actions": ["view"], "users": []}
    answer = as_user(bob).post(address, form)

    assert answer.status_code == 302
    held.refresh_from_db()
    assert held.name == "See all jobs"
    assert (list(held.users.all()), list(held.groups.all())) == ([charlie], [night])
    assert page.all("option", value=str(charlie.pk)) == []
    assert page.text.count("night shift") == 0


def test_a_choice_beyond_the_longest_list_stays_chosen(as_user, alice, bob, charlie, monkeypatch):
    monkeypatch.setattr("jobyard_server.ui.accounts.kinds.MOST", 1)
    held = ObjectPermission.objects.create(name="See jobs", actions=["view"])
    held.users.add(charlie)

    page = Page(as_user(alice).get(f"/users/permissions/{held.pk}/"))

    assert page.all("option", value=str(alice.pk))
    assert page.all("option", value=str(charlie.pk))[0].get("selected") is not None


@pytest.mark.parametrize("constraints", ["{", "5", '{"no_such": 1}'])
def test_constraints_that_cannot_work_are_refused(as_user, alice, constraints):
    kind = ContentType.objects.get_for_model(Job)
    form = {"name": "x", "object_types": [kind.pk], "actions": ["view"], "constraints": constraints}

    answer = as_user(alice).post("/users/permissions/add/", form)

    assert answer.status_code == 400
    assert constraints in answer.content.decode().replace("&quot;", '"')
    assert not ObjectPermission.objects.exists()


@pytest.mark.parametrize("kind", ["users", "groups", "permissions", "audit-events"])
def test_pages_need_their_permission(as_user, charlie, kind):
    assert as_user(charlie).get(f"/users/{kind}/").status_code == 403


def test_a_deletion_is_asked_for_and_done(as_user, alice):
    group = Group.objects.create(name="operators")

    asked = as_user(alice).get(f"/users/groups/{group.pk}/delete/")
    answer = as_user(alice).post(f"/users/groups/{group.pk}/delete/")

    assert "Delete the group operators?" in Page(asked).text
    assert answer.status_code == 302
    assert not Group.objects.exists()


def test_a_token_of_ones_own_is_shown_once(as_user, charlie):
    form = {
        "description": "CI",
        "read_only": "on",
        "expires": "2999-12-31",
        "allowed_networks": "10.0.0.0/8, ::1",
    }

    made = as_user(charlie).post("/users/tokens/add/", form)
    key = Page(made).all("input", id="new-token")[0]["value"]
    listed = as_user(charlie).get("/users/tokens/")

    token = find_token(key)
    assert (token.user, token.write_enabled, token.description) == (charlie, False, "CI")
    assert token.allowed_networks == ["10.0.0.0/8", "::1/128"]
    assert token.expires.year == 2999
    assert key not in listed.content.decode()
    assert made["Cache-Control"].startswith("max-age=0")


@pytest.mark.parametrize(
    "form", [{"expires": "tomorrow"}, {"expires": "2000-01-01"}, {"allowed_networks": "everywhere"}]
)
def test_a_token_that_cannot_be_is_not_made(as_user, charlie, form):
    assert as_user(charlie).post("/users/tokens/add/", form).status_code == 400
    assert not Token.objects.exists()


def test_tokens_of_others_are_out_of_reach(as_user, alice, charlie):
    token = create_token(alice, description="hers").token

    assert "hers" not in Page(as_user(charlie).get("/users/tokens/")).text
    assert as_user(charlie).post(f"/users/tokens/{token.pk}/delete/").status_code == 404
    assert as_user(alice).post(f"/users/tokens/{token.pk}/delete/").status_code == 302


def test_logging_in_and_failing_to_is_in_the_audit_log(client, bob, alice, as_user):
    client.post("/login/", {**LOG_IN, "password": "wrong"}, REMOTE_ADDR="192.0.2.9")
    client.post("/login/", LOG_IN, REMOTE_ADDR="192.0.2.9")
    client.post("/logout/")

    events = AuditEvent.objects.order_by("pk").values_list("action", "username", "address")
    assert list(events)[:2] == [("login_failed", "bob", "192.0.2.9"), ("login", "bob", "192.0.2.9")]
    assert [event[0] for event in events][-1] == "logout"
    page = Page(as_user(alice).get("/users/audit-events/?q=bob"))
    assert "Failed to log in" in page.text
    assert "192.0.2.9" in page.text


def test_f177_who_guesses_is_locked_out_and_told_nothing(client, bob):
    """F177: the same answers for a name that nobody has."""
    answers = {}
    for name in ("bob", "nobody-has-this"):
        tries = [client.post("/login/", {"username": name, "password": "x"}) for _time in range(PER_ACCOUNT)]
        locked = client.post("/login/", {"username": name, "password": "secret of bob"})
        answers[name] = [*(answer.status_code for answer in tries), locked.status_code, Page(locked).text]

    assert answers["bob"][:-1] == [200] * PER_ACCOUNT + [429]
    assert answers["bob"] == answers["nobody-has-this"]
    assert client.post("/login/", LOG_IN, REMOTE_ADDR="192.0.2.77").status_code == 302


def test_a_refusal_is_in_the_audit_log(as_user, charlie):
    as_user(charlie).get("/extras/jobs/")

    event = AuditEvent.objects.get(action="refused")
    assert (event.username, event.details) == ("charlie", {"method": "GET", "path": "/extras/jobs/"})


def test_the_session_ends_with_the_password_and_the_account(as_user, bob, alice):
    """F176, TK-08"""
    browser = as_user(bob)
    before = browser.get("/").status_code
    bob.set_password(PASSWORD)
    bob.save()
    after_password = browser.get("/").status_code
    browser.force_login(bob)
    User.objects.filter(pk=bob.pk).update(is_active=False)

    assert (before, after_password, browser.get("/").status_code) == (200, 302, 302)


def test_a_person_with_markup_in_the_name_is_text(as_user, alice):
    make_user("<b>x")
    Group.objects.create(name="<script>alert(1)</script>")

    for kind in ("users", "groups"):
        assert not [tag for tag, _ in Page(as_user(alice).get(f"/users/{kind}/")).elements if tag == "b"]


def test_lists_name_only_users_and_groups_that_the_reader_may_view(as_user, alice, bob):
    group = Group.objects.create(name="secret-team")
    group.user_set.add(alice)
    permission = ObjectPermission.objects.create(name="Held", actions=["view"])
    permission.users.add(alice)
    permission.groups.add(group)
    grant(bob, "view_objectpermission", "view_group")
    grant(bob, "view_user", constraints={"username": "bob"})

    assert _named(as_user(bob), permission) == ["secret-team"]
    assert _members(as_user(bob)) == "0"
    assert _named(as_user(alice), permission) == ["alice", "secret-team"]
    assert _members(as_user(alice)) == "1"


def _named(browser, permission):
    lines = browser.get("/users/permissions/").context["lines"]
    listed = next(dict(cells)["Given to"] for name, _address, cells in lines if name == "Held")
    form = browser.get(f"/users/permissions/{permission.pk}/").content.decode()
    chosen = re.findall(r"<option[^>]* selected>([^<]*)</option>", form)
    names = [name for name in ("alice", "secret-team") if name in listed]
    assert set(names) == {"alice", "secret-team"} & set(chosen)
    return names


def _members(browser):
    return dict(browser.get("/users/groups/").context["lines"][0][2])["Users"]
