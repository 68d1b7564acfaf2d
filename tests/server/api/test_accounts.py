"""``/api/users/``: accounts, groups, permissions, tokens, audit events."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from tests.server.api.cast import Caller, caller, published
from tests.server.grants import grant

from jobyard_server.access.models import AuditEvent, ObjectPermission, Token, User

pytestmark = pytest.mark.django_db
USERS, GROUPS = "/api/users/users/", "/api/users/groups/"
PERMISSIONS, TOKENS, EVENTS = "/api/users/permissions/", "/api/users/tokens/", "/api/users/audit-events/"
PASSWORD = "correct horse battery staple"


def test_an_account_shows_nothing_that_helps_to_log_in(alice):
    shown = "id url display username first_name last_name email is_active is_staff is_superuser date_joined"

    answer = alice.get(f"{USERS}{alice.user.pk}/")

    assert set(answer.json()) == {*shown.split(), "last_login", "groups", "second_factor"}


@pytest.mark.parametrize(
    "query", ["password=x", "password__startswith=p", "tokens__digest=a", "ordering=password"]
)
def test_secret_columns_cannot_be_asked_about(alice, query):
    assert alice.get(f"{USERS}?{query}").status_code == 400


def test_an_account_is_made_changed_and_deleted(alice):
    group = Group.objects.create(name="operators")
    made = alice.post(USERS, {"username": "erin", "password": PASSWORD, "groups": [group.pk]})
    place = f"{USERS}{made.json()['id']}/"
    changed = alice.patch(place, {"first_name": "Erin", "groups": []})
    deleted = alice.delete(place)

    assert (made.status_code, made.json()["groups"][0]["name"]) == (201, "operators")
    assert "password" not in made.json()
    assert (changed.status_code, changed.json()["first_name"], changed.json()["groups"]) == (200, "Erin", [])
    assert deleted.status_code == 204
    done = (
        AuditEvent.objects.filter(object_type="users.user")
        .order_by("pk")
        .values_list("action", "object_repr")
    )
    assert list(done) == [("created", "erin"), ("changed", "erin"), ("deleted", "erin")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "erin", "password": "short"}, "password"),
        ({"username": "two words", "password": PASSWORD}, "username"),
        ({"username": "alice", "password": PASSWORD}, "username"),
        ({"username": "cli", "password": PASSWORD}, "username"),
        ({"password": PASSWORD}, "username"),
        ({"username": "erin", "groups": [99]}, "groups"),
        ({"username": "erin", "email": "x"}, "email"),
    ],
)
def test_what_is_wrong_is_said_by_field(alice, body, field):
    """TK-07: passwords are validated by every way in."""
    answer = alice.post(USERS, body)

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert User.objects.count() == 1


def test_several_are_made_or_none(alice):
    bodies = [{"name": "a"}, {"name": ""}]

    refused = alice.post(GROUPS, bodies)
    made = alice.post(GROUPS, [{"name": "a"}, {"name": "b"}])
    changed = alice.patch(GROUPS, [{"id": row["id"], "name": row["name"] * 2} for row in made.json()])
    deleted = alice.delete(GROUPS, [{"id": row["id"]} for row in made.json()])

    assert refused.status_code == 400
    assert refused.json()[0] == {}
    assert "name" in refused.json()[1]
    assert [row["name"] for row in changed.json()] == ["aa", "bb"]
    assert deleted.status_code == 204
    assert not Group.objects.exists()


def test_a_permission_is_made_and_counts(alice, charlie):
    job = published("example", "Hello")
    body = {
        "name": "Run hello",
        "object_types": ["extras.job"],
        "actions": ["view", "run"],
        "constraints": {"module_name": "example"},
        "users": [{"id": str(charlie.user.pk)}],
    }

    made = alice.post(PERMISSIONS, body)

    shown = made.json()
    assert made.status_code == 201
    assert (shown["object_types"], shown["enabled"], shown["groups"]) == (["extras.job"], True, [])
    assert shown["users"][0]["username"] == "charlie"
    assert charlie.get(f"/api/extras/jobs/{job.pk}/").status_code == 200
    alice.patch(f"{PERMISSIONS}{shown['id']}/", {"enabled": False})
    assert charlie.get(f"/api/extras/jobs/{job.pk}/").status_code == 403
    assert alice.get(f"{PERMISSIONS}?user=charlie").json()["count"] == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"constraints": {"nonsense": 1}}, "constraints"),
        ({"constraints": "x"}, "constraints"),
        ({"actions": []}, "actions"),
        ({"actions": ["*"]}, "actions"),
        ({"actions": ["View"]}, "actions"),
        ({"object_types": []}, "object_types"),
        ({"object_types": ["no.such"]}, "object_types"),
        ({"name": ""}, "name"),
    ],
)
def test_a_permission_that_cannot_work_is_refused(alice, change, field):
    body = {"name": "x", "object_types": ["extras.job"], "actions": ["view"], **change}

    answer = alice.post(PERMISSIONS, body)

    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not ObjectPermission.objects.exists()


def test_nobody_makes_an_object_that_their_permission_does_not_cover(charlie):
    grant(charlie.user, "add_group", "view_group", constraints={"name__startswith": "team"})

    outside = charlie.post(GROUPS, {"name": "admins"})
    inside = charlie.post(GROUPS, {"name": "team red"})

    assert (outside.status_code, inside.status_code) == (403, 201)
    assert list(Group.objects.values_list("name", flat=True)) == ["team red"]


def test_a_key_is_in_one_answer_only(charlie):
    made = charlie.post(TOKENS, {"description": "CI", "allowed_networks": ["127.0.0.1"]})
    key = made.json()["key"]

    shown = charlie.get(f"{TOKENS}{made.json()['id']}/")

    assert (made.status_code, len(key)) == (201, 40)
    assert key not in shown.content.decode()
    assert shown.json()["allowed_networks"] == ["127.0.0.1/32"]
    assert Token.objects.filter(user=charlie.user).count() == 2
    assert "key" not in charlie.get(TOKENS).json()["results"][0]


def test_everybody_sees_their_own_tokens_and_no_others(alice, bob, charlie):
    assert charlie.get(TOKENS).json()["count"] == 1
    assert bob.get(f"{TOKENS}{alice.token.token.pk}/").status_code == 404
    assert bob.delete(f"{TOKENS}{alice.token.token.pk}/").status_code == 404
    assert bob.patch(f"{TOKENS}{alice.token.token.pk}/", {"enabled": False}).status_code == 404


def test_a_token_of_somebody_else_needs_a_permission_and_of_a_superuser_one_of_those(alice, bob, charlie):
    grant(bob.user, "add_token", "view_user")
    bob.user.refresh_from_db()

    assert charlie.post(TOKENS, {"user": str(bob.user.pk)}).status_code in (400, 403)
    assert bob.post(TOKENS, {"user": str(charlie.user.pk)}).status_code == 201
    assert bob.post(TOKENS, {"user": str(alice.user.pk)}).status_code == 403
    assert alice.post(TOKENS, {"user": str(bob.user.pk)}).status_code == 201


def test_a_limited_token_makes_no_unlimited_one(alice):
    limited = Caller(alice.user, allowed_networks=["127.0.0.0/8"])

    answer = limited.post(TOKENS, {})

    assert answer.status_code == 403
    assert "makes and changes no tokens" in answer.json()["detail"]


@pytest.mark.parametrize("body", [{"expires": "2000-01-01T00:00:00Z"}, {"allowed_networks": ["everywhere"]}])
def test_a_token_that_cannot_be_is_not_made(alice, body):
    answer = alice.post(TOKENS, body)

    assert (answer.status_code, list(answer.json())) == (400, list(body))


def test_audit_events_are_read_and_nothing_else(alice, bob):
    alice.post(GROUPS, {"name": "operators"})

    (event,) = alice.get(f"{EVENTS}?object_type=auth.group").json()["results"]

    assert (event["action"], event["username"], event["via"]) == ("created", "alice", "api")
    assert event["token_hint"] == alice.token.token.hint
    assert event["address"] == "127.0.0.1"
    assert alice.delete(f"{EVENTS}{event['id']}/").status_code == 405
    assert bob.get(EVENTS).status_code == 403


def test_refusals_and_wrong_tokens_are_events(charlie, anonymous):
    charlie.get("/api/extras/jobs/")
    anonymous.credentials(HTTP_AUTHORIZATION=f"Token {'0' * 40}")
    anonymous.get("/api/extras/jobs/")

    found = AuditEvent.objects.order_by("pk").values_list("action", "username")
    assert list(found)[-2:] == [("refused", "charlie"), ("token_refused", "")]
    assert "0" * 40 not in str(list(AuditEvent.objects.values()))


def test_runs_cancellations_and_syncs_are_events(alice, worker):
    job = published("example", "Hello")
    run = alice.post(f"/api/extras/jobs/{job.pk}/run/").json()["job_result"]
    alice.post(f"/api/extras/job-results/{run['id']}/cancel/")

    events = AuditEvent.objects.filter(action__in=["run", "cancelled"]).order_by("pk")
    assert [(event.action, event.object_type) for event in events] == [
        ("run", "extras.job"),
        ("cancelled", "extras.jobresult"),
    ]
    assert events[0].details == {"result": run["id"], "commit": True}


def test_one_cannot_delete_oneself(alice):
    assert alice.delete(f"{USERS}{alice.user.pk}/").status_code == 400
    assert User.objects.filter(pk=alice.user.pk).exists()


@pytest.mark.parametrize("body", [{"is_superuser": True}, {"is_staff": True}])
def test_nobody_makes_themselves_a_superuser(body):
    erin = caller("erin", "view_user", "change_user")

    answer = erin.patch(f"{USERS}{erin.user.pk}/", body)

    assert (answer.status_code, list(answer.json())) == (400, list(body))


def test_nobody_reads_the_names_of_users_and_groups_that_they_may_not_view(alice):
    hidden, group = User.objects.create(username="mallory"), Group.objects.create(name="secret-team")
    hidden.groups.add(group)
    reader = caller("nosy", "view_objectpermission")
    grant(reader.user, "view_user", "view_group", constraints={"id__isnull": True})
    permission = ObjectPermission.objects.create(name="Held", actions=["view"])
    permission.users.add(hidden, reader.user)
    permission.groups.add(group)
    place = f"{PERMISSIONS}{permission.pk}/"

    shown = reader.get(place).json()
    full = alice.get(place).json()
    asked = ["user=mallory", f"user_id={hidden.pk}", "group=secret-team", f"group_id={group.pk}"]

    assert (shown["users"], shown["groups"]) == ([], [])
    assert ([user["username"] for user in full["users"]], full["groups"][0]["name"]) == (
        ["mallory", "nosy"],
        "secret-team",
    )
    assert [reader.get(f"{PERMISSIONS}?{query}").json()["count"] for query in asked] == [0, 0, 0, 0]
    assert [alice.get(f"{PERMISSIONS}?{query}").json()["count"] for query in asked] == [1, 1, 1, 1]


def test_groups_of_a_user_and_members_of_a_group_are_those_that_the_reader_may_view(alice):
    hidden, group = User.objects.create(username="mallory"), Group.objects.create(name="open-team")
    other = Group.objects.create(name="secret-team")
    reader = caller("nosy")
    hidden.groups.add(group)
    reader.user.groups.add(group, other)
    grant(reader.user, "view_user", constraints={"username": "nosy"})
    grant(reader.user, "view_group", constraints={"name": "open-team"})

    user = reader.get(f"{USERS}{reader.user.pk}/").json()

    assert [row["name"] for row in user["groups"]] == ["open-team"]
    assert reader.get(f"{GROUPS}{group.pk}/").json()["user_count"] == 1
    assert alice.get(f"{GROUPS}{group.pk}/").json()["user_count"] == 2
    assert reader.get(f"{USERS}?group=secret-team").json()["count"] == 0


def test_whoever_changes_a_permission_keeps_the_holders_that_they_do_not_see():
    hidden = User.objects.create(username="mallory")
    editor = caller("editor", "view_objectpermission", "change_objectpermission")
    grant(editor.user, "view_user", constraints={"username": "editor"})
    permission = ObjectPermission.objects.create(name="Held", actions=["view"])
    permission.object_types.add(ContentType.objects.get(app_label="dcim", model="site"))
    permission.users.add(hidden)

    answer = editor.patch(f"{PERMISSIONS}{permission.pk}/", {"users": [str(editor.user.pk)]})

    assert (answer.status_code, [row["username"] for row in answer.json()["users"]]) == (200, ["editor"])
    assert set(permission.users.all()) == {hidden, editor.user}
