"""What a Git repository looks like in the API. The token is never shown."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from jobyard_server.api.job_results.shapes import ShortResult


class GitRepositoryShape(TypedDict):
    """A Git repository and how its syncs go."""

    id: uuid.UUID
    url: str
    display: str
    name: str
    slug: str
    remote_url: str
    branch: str
    username: str
    token: str | None  #: ``********`` when one is stored.
    secrets_group: dict[str, Any] | None
    current_head: str
    provided_contents: list[str]
    sync_status: str | None  #: Status of the newest sync; ``running`` while one is in progress.
    last_synced: datetime | None
    sync_error: str | None  #: Why the last sync read nothing.
    custom_fields: dict[str, Any]
    created: datetime
    last_updated: datetime


class SyncAnswer(TypedDict):
    """The answer to "sync now"."""

    message: str
    job_result: ShortResult
