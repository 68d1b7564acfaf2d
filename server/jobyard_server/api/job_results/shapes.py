"""What a result looks like in the API."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict


class Choice(TypedDict):
    """A value for programs and its word for people."""

    value: str
    label: str


class UserShape(TypedDict):
    """Who did it."""

    id: uuid.UUID
    url: str
    username: str
    display: str


class JobModelShape(TypedDict):
    """The job that ran."""

    id: uuid.UUID
    url: str
    name: str
    display: str


class KeptInputs(TypedDict):
    """What the run was given; only of jobs without sensitive variables."""

    data: dict[str, Any]
    commit: bool
    task_queue: str


class ShortResult(TypedDict):
    """A result where only its state matters."""

    id: uuid.UUID
    url: str
    name: str
    created: datetime
    completed: datetime | None
    user: UserShape | None
    status: Choice
    display: str


class ShortSchedule(TypedDict):
    """What started a run, or what a run request became."""

    id: uuid.UUID
    url: str
    name: str
    start_time: datetime | None
    interval: str
    crontab: str
    display: str


class BlockerShape(TypedDict):
    """A run that has to end first."""

    id: uuid.UUID
    url: str
    name: str
    status: str
    locks: list[str]


class ExecutionShape(TypedDict):
    """How a run is executed: its confinement, its attempts, and what keeps it waiting."""

    sandbox: dict[str, Any] | None
    attempt: int
    max_retries: int
    retry_of: uuid.UUID | None
    run_limit: int
    locks: list[str]
    waits_for: list[BlockerShape]


class FullResult(TypedDict):
    """One run of a job, or one sync of a repository."""

    id: uuid.UUID
    url: str
    created: datetime
    completed: datetime | None
    name: str
    obj_type: str
    status: Choice
    user: UserShape | None
    data: dict[str, Any] | None
    job_id: uuid.UUID
    job_model: JobModelShape | None
    job_kwargs: KeptInputs | None
    schedule: ShortSchedule | None
    status_reason: str | None
    cancel_requested: bool
    cancel_requested_by: str | None
    commit: bool
    data_committed: bool | None
    started: datetime | None
    duration: str | None
    task_queue: str
    source: dict[str, Any] | None
    execution: ExecutionShape
    display: str


class LogShape(TypedDict):
    """One log row."""

    id: str  # already text: there may be very many rows in one answer
    url: str
    absolute_url: str | None
    created: str
    grouping: str
    log_level: str
    log_object: str | None
    message: str
    display: str


class LogOfResultShape(LogShape):
    """One log row outside of its result."""

    job_result: str
