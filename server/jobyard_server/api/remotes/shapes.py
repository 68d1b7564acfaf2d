"""What hooks, deliveries, host keys and trusted keys look like in the API. Secrets are not among it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypedDict


class WebhookShape(TypedDict):
    """An address that a forge calls."""

    id: uuid.UUID
    url: str
    display: str
    repository: uuid.UUID
    provider: str
    enabled: bool
    address: str  #: To be entered in the forge, after the address of this server.
    hint: str  #: Where to enter it.
    last_delivery: datetime | None
    previous_secret_until: datetime | None  #: Until then the secret before a rotation is good too.
    created: datetime


class WebhookWithSecret(WebhookShape):
    """The only answer that shows the secret."""

    secret: str


class DeliveryShape(TypedDict):
    """One call, and what became of it."""

    id: uuid.UUID
    url: str
    webhook: uuid.UUID
    delivery_id: str
    outcome: str  #: ``accepted`` or ``ignored``.
    state: str  #: ``ignored``, ``waiting``, ``syncing``, ``visible`` or ``errored``.
    event: str
    ref: str
    announced_commit: str
    note: str
    headers: dict[str, str]
    excerpt: str
    job_result: str | None  #: Address of the sync that it became a part of.
    created: datetime


class ReceiptShape(TypedDict):
    """What the sender of a call is told."""

    id: uuid.UUID
    status: str
    note: str


class HostKeyShape(TypedDict):
    """A key that an SSH server showed."""

    id: uuid.UUID
    url: str
    display: str
    host: str
    port: int
    kind: str
    fingerprint: str
    confirmed_at: datetime | None  #: null: seen, not trusted.
    confirmed_by: str | None
    created: datetime


class TrustedKeyShape(TypedDict):
    """A key whose signature under a commit counts."""

    id: uuid.UUID
    url: str
    display: str
    principal: str
    kind: str
    fingerprint: str
    not_after: datetime | None
    revoked_at: datetime | None
    added_by: str | None
    created: datetime
