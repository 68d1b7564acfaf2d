"""What a Git repository looks like in the API. The token is never shown."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from jobyard_server.api.job_results.shapes import ShortResult


class RemoteSettingsShape(TypedDict):
    """How its remote is watched, checked and told of syncs."""

    poll_interval: int  #: Seconds between two looks at the remote; 0: not by the clock.
    ssh_key: str | None  #: ``********`` when one is stored.
    ssh_public_key: str  #: To be added to the server, as a deploy key that may read.
    fsck_exceptions: list[str]  #: Kinds of old malformed objects that are let in.
    signature_policy: (
        str  #: ``off``, ``warn``, ``require``, ``tag``, ``tagAndHead``, ``strictSince:<commit>``.
    )
    signature_policy_by: str | None  #: Who decided so.
    signature_policy_at: datetime | None
    require_signed: bool  #: Whether a signature is a condition at all.
    report_to: str  #: Forge that is told of syncs; empty: none.
    report_token: str | None  #: ``********`` when one is stored.
    webhook_url: str | None  #: Of the oldest hook that is switched on.
    webhook_secret: str | None  #: ``********`` when there is such a hook.


class QuarantineShape(TypedDict):
    """A commit that was rolled back."""

    commit: str
    user: str | None
    reason: str
    created: datetime
    sentence: str


class HeldPushShape(TypedDict):
    """A commit that would remove many jobs and waits for a confirmation."""

    commit: str
    removed: list[str]  #: Class paths.
    job_count: int  #: Installed jobs now.
    created: datetime
    is_confirmed: bool


class GitRepositoryShape(RemoteSettingsShape):
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
    job_paths: list[str]  #: Folders of job files; ``.`` is the root.
    auto_enable: bool  #: New jobs may be run at once; else somebody has to enable them.
    strict: bool  #: A commit is published in whole or not at all.
    forge: str  #: What links to files look like; empty: told by the address.
    pinned_commit: str | None
    rolled_back_to: str | None  #: In service until a commit newer than those in quarantine comes.
    quarantine: list[QuarantineShape]
    held_push: HeldPushShape | None
    custom_fields: dict[str, Any]
    created: datetime
    last_updated: datetime


class RevisionShape(TypedDict):
    """A commit, or the content of a folder."""

    id: uuid.UUID
    identifier: str
    author: str
    message: str
    committed_at: datetime | None
    signature_state: str  #: What the check of its signature said; empty where none was made.
    signature_signer: str


class EventShape(TypedDict):
    """One line of the timeline: a revision was put into service, or kept out of it."""

    id: uuid.UUID
    revision: RevisionShape
    previous: str | None  #: What was in service before.
    kind: str  #: ``published``, ``waiting`` or ``refused``.
    cause: str  #: ``sync``, ``rollback``, ``pin`` or ``confirmation``.
    user: str | None
    job_result: uuid.UUID | None
    created: datetime
    url: str | None  #: Where the forge shows the commit.
    files: list[dict[str, Any]]
    changes: dict[str, Any]
    errors: list[dict[str, Any]]
    broken_inputs: list[dict[str, Any]]
    module_count: int
    inspected_count: int


class CommitStatusShape(TypedDict):
    """What the forge shows, or will show, beside a commit."""

    id: uuid.UUID
    commit: str
    state: str  #: ``success``, ``failure`` or ``error``.
    description: str
    link: str  #: Page of the revision; empty without ``JOBYARD_BASE_URL``.
    progress: str  #: ``sent``, ``waiting`` or ``given_up``.
    attempts: int
    next_try: datetime | None
    sent_at: datetime | None
    error: str  #: Why the last try failed.
    created: datetime


class DifferencesShape(TypedDict):
    """What differs between two revisions."""

    old: RevisionShape
    new: RevisionShape
    files: list[dict[str, Any]]
    jobs: dict[str, Any] | None  #: Null when one of them was never in service.


class SourceCodeShape(TypedDict):
    """The file of a job."""

    revision: RevisionShape
    path: str
    line: int
    url: str | None  #: Where the forge shows it.
    text: str


class SyncAnswer(TypedDict):
    """The answer to "sync now" and to "read again"."""

    message: str
    job_result: ShortResult | None  #: Null for the folder and the plugins.
