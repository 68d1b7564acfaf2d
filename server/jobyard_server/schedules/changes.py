"""What people change about a schedule: whether it is on, and when it is due."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from jobyard_server.access.audit import CHANGED, DELETED, record
from jobyard_server.access.models import User
from jobyard_server.access.permissions import require_covered
from jobyard_server.schedules.models import DENIED, PENDING, ScheduledJob
from jobyard_server.schedules.wish import Wish


def change_schedule(
    schedule: ScheduledJob, user: User, wish: Wish | None = None, **values: Any
) -> ScheduledJob:
    """
    Change a schedule; under its lock, so that a run that is due meanwhile is the old or the new one.

    Args:
        schedule: A request that was denied stays denied.
        user: Who changes it.
        wish: New times; somebody has to approve again what needed an approval.
        values: Any of ``enabled`` and ``description``.

    Raises:
        PermissionDenied: The permission of *user* would not cover it any more; nothing is stored.
    """
    with transaction.atomic():
        row = ScheduledJob.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
        for name, value in values.items():
            setattr(row, name, value)
        if values.get("enabled"):
            row.disabled_reason = ""
        if wish is not None:
            _take_times(row, wish)
        row.next_at = _next(row)
        row.save()
        require_covered(user, "change", row)
        record(CHANGED, user=user, target=row, fields=sorted({*values, *(["times"] if wish else [])}))
    return row


def delete_schedule(schedule: ScheduledJob, *, by: User) -> None:
    """Forget it; its results stay."""
    with transaction.atomic():
        record(DELETED, user=by, target=schedule)
        schedule.delete()


def _take_times(row: ScheduledJob, wish: Wish) -> None:
    row.name, row.interval, row.start_time = wish.name, wish.interval, wish.start_time
    row.crontab, row.time_zone = wish.crontab, wish.time_zone
    if row.approval_required and row.approval != DENIED:
        row.approval, row.decided_by, row.decided_at = PENDING, None, None


def _next(row: ScheduledJob) -> Any:
    if not row.enabled or row.approval in (PENDING, DENIED):
        return None
    if row.is_one_off and row.total_run_count:
        return None  # it had its one time
    return row.rule.after(timezone.now())
