"""The audit log: what is in it, and that nobody can change it."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction

from jobyard_server.access.audit import record
from jobyard_server.access.models import AuditEvent
from jobyard_server.inventory.dcim.models import Region

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_to_which_object(alice):
    region = Region.objects.create(name="Europe", slug="europe")

    record("deleted", user=alice, target=region, why="test")
    region_id = str(region.pk)
    region.delete()
    alice_id = alice.pk
    alice.delete()

    event = AuditEvent.objects.get()
    assert (event.action, event.username, event.user_id) == ("deleted", "alice", alice_id)
    assert (event.object_type, event.object_id, event.object_repr) == ("dcim.region", region_id, "Europe")
    assert event.details == {"why": "test"}
    assert (event.address, event.via) == (None, "")


@pytest.mark.parametrize("name", ["x" * 500, "zero\x00byte", "half \ud800 character"])
def test_any_text_can_be_recorded(name):
    record("login_failed", username=name)

    assert AuditEvent.objects.get().username


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows.update(username="somebody else"),
        lambda rows: rows.delete(),
        lambda rows: rows.get().delete(),
        lambda rows: rows.get().save(),
    ],
)
def test_events_can_be_neither_changed_nor_deleted(change):
    record("login", username="bob")

    with pytest.raises(Error, match="append-only"), transaction.atomic():
        change(AuditEvent.objects.all())

    assert AuditEvent.objects.get().username == "bob"


def test_the_log_is_not_emptied_at_one_stroke_either():
    record("login", username="bob")

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users_auditevent ENABLE TRIGGER kept_whole")  # see tests/conftest.py
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE users_auditevent")

    assert AuditEvent.objects.get().username == "bob"


def test_an_event_goes_with_the_change_that_is_undone(alice):
    with transaction.atomic():
        record("changed", user=alice)
        transaction.set_rollback(True)

    assert not AuditEvent.objects.exists()
