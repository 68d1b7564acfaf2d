"""What a change looks like in the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from jobyard_server.api.job_results.shapes import Choice, UserShape


class ObjectChangeShape(TypedDict):
    """One change of one object, as the change log has it."""

    id: int
    url: str
    display: str
    time: datetime
    user: UserShape | None
    user_name: str
    request_id: str | None
    job_result: str | None
    action: Choice
    changed_object_type: str
    changed_object_id: str
    changed_object: dict[str, Any] | None
    object_repr: str
    change_context: str
    prechange_data: dict[str, Any] | None
    postchange_data: dict[str, Any] | None
    object_data: dict[str, Any] | None


class PlanRow(TypedDict):
    """One change that a run made, or would have made."""

    sequence: int
    action: str
    object_type: str
    object_id: str
    object_repr: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    kept: bool
