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
    schedule: dict[str, Any] | None
    status_reason: str | None
    commit: bool
    data_committed: bool | None
    started: datetime | None
    duration: str | None
    task_queue: str
    source: dict[str, Any] | None
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
