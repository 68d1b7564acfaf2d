"""Filters of the list of scheduled jobs."""

from __future__ import annotations

from jobyard_server.api.filters import Filters, any_id, any_text, meta
from jobyard_server.schedules.models import ScheduledJob


class ScheduleFilters(Filters):
    searched = ("name", "description")

    name = any_text()
    interval = any_text()
    job_model = any_id("job_model_id")
    approval = any_text()
    time_zone = any_text()

    Meta = meta(ScheduledJob)
