"""Forgets old changes, a bounded number at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from jobyard_server.changes.models import ObjectChange, PlannedChange

BATCH = 10_000  #: Rows that one call deletes of each kind; the next call goes on.


def kept_since() -> datetime | None:
    """Older changes are forgotten; None if all are kept."""
    days = settings.JOBYARD["CHANGELOG_RETENTION"]
    return timezone.now() - timedelta(days=days) if days else None


def forget_old_changes() -> int:
    """Delete what is older than CHANGELOG_RETENTION days; returns how many rows went."""
    before = kept_since()
    return sum(_forget(model, before) for model in (ObjectChange, PlannedChange)) if before else 0


def _forget(model: type[models.Model], before: datetime) -> int:
    """The oldest rows have the lowest keys, so one row tells whether there is anything to do."""
    rows = model._default_manager.order_by("pk")
    oldest = rows.values_list("time", flat=True).first()
    if oldest is None or oldest >= before:
        return 0
    keys = list(rows.filter(time__lt=before).values_list("pk", flat=True)[:BATCH])
    return rows.filter(pk__in=keys).delete()[0]
