"""Lets old audit events go, where AUDIT_RETENTION says after how many days."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from jobyard_server.access.models import AuditEvent

BATCH = 10_000  #: Events that one call deletes; the next call goes on.


def forget_old_events() -> int:
    """
    Delete what is older than AUDIT_RETENTION days; returns how many events went.

    The trigger of the table lets rows go that are older than ``jobyard.audit_before``, a setting of this one
    transaction, and older than 30 days, whatever that says.
    """
    days = settings.JOBYARD["AUDIT_RETENTION"]
    if not days:
        return 0
    before = timezone.now() - timedelta(days=days)
    rows = AuditEvent.objects.order_by(
        "pk"
    )  # the oldest first, so one row tells whether there is anything to do
    oldest = rows.values_list("created", flat=True).first()
    if oldest is None or oldest >= before:
        return 0
    keys = list(rows.filter(created__lt=before).values_list("pk", flat=True)[:BATCH])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('jobyard.audit_before', %s, true)", [before.isoformat()])
        return AuditEvent.objects.filter(pk__in=keys).delete()[0]
