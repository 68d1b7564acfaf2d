"""Old audit events go where an administrator says so; nothing else can be taken away."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from jobyard_server.access.audit import record
from jobyard_server.access.audit_retention import forget_old_events
from jobyard_server.access.models import AuditEvent
from jobyard_server.options import OptionError, read_options

pytestmark = pytest.mark.django_db


def event(days):
    """One that is so old; written as it is only by a test, since the log takes no changes."""
    record("login", username=f"{days} days")
    row = AuditEvent.objects.first()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users_auditevent DISABLE TRIGGER append_only")
        cursor.execute(
            "UPDATE users_auditevent SET created = %s WHERE id = %s",
            [timezone.now() - timedelta(days=days), row.pk],
        )
        cursor.execute("ALTER TABLE users_auditevent ENABLE TRIGGER append_only")


def names():
    return set(AuditEvent.objects.values_list("username", flat=True))


def test_events_are_kept_for_ever_unless_somebody_says_otherwise(settings):
    event(5000)

    assert forget_old_events() == 0
    assert names() == {"5000 days"}


def test_what_is_older_than_the_setting_goes(settings):
    settings.JOBYARD = {**settings.JOBYARD, "AUDIT_RETENTION": 100}
    for days in (101, 99, 0):
        event(days)

    assert forget_old_events() == 1
    assert names() == {"99 days", "0 days"}
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        AuditEvent.objects.filter(username="99 days").delete()


def test_the_last_thirty_days_stay_whatever_the_connection_says():
    event(29)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET SESSION jobyard.audit_before = '2999-01-01'")

    with pytest.raises(Error, match="append-only"), transaction.atomic():
        AuditEvent.objects.all().delete()


def test_less_than_thirty_days_cannot_be_asked_for():
    assert read_options({"JOBYARD_AUDIT_RETENTION": "0"})["AUDIT_RETENTION"] == 0
    with pytest.raises(OptionError, match="use 0, or a whole number, at least 30"):
        read_options({"JOBYARD_AUDIT_RETENTION": "7"})
