"""Jobs that may run later, and what people ask for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.server.api.cast import published, variable

from jobyard_server.access.models import User
from jobyard_server.registry.models import Job
from jobyard_server.runs.checks import RunRequest
from jobyard_server.schedules.models import ScheduledJob
from jobyard_server.schedules.request import schedule
from jobyard_server.schedules.wish import Wish

NOW = datetime(2030, 5, 6, 7, 30, tzinfo=UTC)


def nightly(**values: Any) -> Job:
    """``local/example/Nightly`` with one input, which may be scheduled."""
    what = {"has_sensitive_variables": False, **values}
    return published("example", "Nightly", variable("who", required=False), **what)


def wish(interval: str = "hourly", start: datetime = NOW, **values: Any) -> Wish:
    times = {"interval": interval, "start_time": start, "crontab": "", "time_zone": "UTC"}
    return Wish(**{"name": "Every night", **times, **values})


def scheduled(
    job: Job, user: User, *args: Any, inputs: dict[str, Any] | None = None, **values: Any
) -> ScheduledJob:
    """*job* for later; the first time is NOW unless told otherwise."""
    asked = RunRequest(job=job, user=user, data=inputs or {}, request={"META": {"SERVER_NAME": "here"}})
    return schedule(asked, wish(*args, **values))


def at(row: ScheduledJob, moment: datetime) -> ScheduledJob:
    """The schedule as it is when *moment* is its next time."""
    ScheduledJob.objects.filter(pk=row.pk).update(next_at=moment)
    row.refresh_from_db()
    return row


HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
