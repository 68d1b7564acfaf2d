"""What a preset looks like in the API."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from jobyard_server.api.job_results.describe import ResultDescriber
from jobyard_server.api.job_results.shapes import JobModelShape, UserShape
from jobyard_server.presets.models import JobPreset


class PresetShape(TypedDict):
    """Inputs of a job that somebody keeps under a name."""

    id: uuid.UUID
    url: str
    display: str
    name: str
    job_model: JobModelShape | None
    user: UserShape | None
    data: dict[str, Any]  #: As a run takes it; without secrets and files.
    commit: bool
    task_queue: str
    is_shared: bool
    created: datetime
    changed: datetime


def describe_preset(row: JobPreset, of: ResultDescriber) -> PresetShape:
    """*row*, with its job and user loaded, for the links of *of*."""
    secret = {variable.name for variable in row.job_model.spec.variables if variable.secret}  # by now
    return {
        "id": row.pk,
        "url": f"{of.links.root}extras/job-presets/{row.pk}/",
        "display": row.name,
        "name": row.name,
        "job_model": of.job_model(row.job_model),
        "user": of.user(row.user),
        "data": {name: value for name, value in row.inputs.items() if name not in secret},
        "commit": row.commit,
        "task_queue": row.task_queue,
        "is_shared": row.is_shared,
        "created": row.created,
        "changed": row.changed,
    }
