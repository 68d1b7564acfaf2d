"""What a scheduled job looks like in the API."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypedDict

from jobyard_server.api.job_results.shapes import JobModelShape, UserShape


class ScheduledJobShape(TypedDict):
    """A job that runs later, or after an approval."""

    id: uuid.UUID
    url: str
    display: str
    name: str
    user: UserShape | None
    job_model: JobModelShape | None
    task: str
    interval: str
    queue: str
    job_class: str  #: Class path.
    last_run_at: datetime | None
    total_run_count: int
    date_changed: datetime
    description: str
    approved_by_user: UserShape | None
    approval_required: bool
    approved_at: datetime | None
    crontab: str
    start_time: datetime | None
    time_zone: str
    enabled: bool
    disabled_reason: str
    state: str  #: pending, denied, disabled, ended or active.
    next_run_at: datetime | None
