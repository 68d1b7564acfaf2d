"""
The models with the app label ``extras``: users know that label from permissions and URLs.

Registry and runs live in their own packages and are gathered here, because Django looks for the
models of an app in one place.
"""

from __future__ import annotations

from typing import Any

from jobyard_server.changes.models import ObjectChange, PlannedChange
from jobyard_server.inventory.extras.models.attachments import ImageAttachment, Note, StoredPicture
from jobyard_server.inventory.extras.models.config_contexts import ConfigContext, ConfigContextModel
from jobyard_server.inventory.extras.models.custom_fields import CustomField, CustomFieldChoice
from jobyard_server.inventory.extras.models.relationships import Relationship, RelationshipAssociation
from jobyard_server.inventory.extras.models.secrets import Secret, SecretsGroup, SecretsGroupAssociation
from jobyard_server.inventory.extras.models.status import Status
from jobyard_server.inventory.extras.models.tags import Tag
from jobyard_server.inventory.extras.models.templates import CustomLink, ExportTemplate
from jobyard_server.presets.models import JobPreset
from jobyard_server.receivers.models import JobButton, JobHook, JobHookCall
from jobyard_server.registry.favourite_models import FavouriteJob
from jobyard_server.registry.history_models import (
    HeldPush,
    JobVersion,
    Quarantine,
    RevisionEvent,
    StepFigure,
    SyncTimes,
)
from jobyard_server.registry.models import GitRepository, Job, Module, Revision, Source
from jobyard_server.registry.remote_models import HostKey, RemoteWatch
from jobyard_server.registry.report_models import CommitStatus
from jobyard_server.registry.shipment_models import SnapshotPiece, SnapshotRequest
from jobyard_server.registry.trust_models import SignedCommit, TrustedKey
from jobyard_server.runs.models import Component, InputFile, InputFileChunk, JobLogEntry, JobResult
from jobyard_server.schedules.models import Occurrence, ScheduledJob
from jobyard_server.webhooks.models import Webhook, WebhookDelivery

__all__ = [
    "CommitStatus",
    "Component",
    "ConfigContext",
    "ConfigContextModel",
    "CustomField",
    "CustomFieldChoice",
    "CustomLink",
    "ExportTemplate",
    "FavouriteJob",
    "GitRepository",
    "HeldPush",
    "HostKey",
    "ImageAttachment",
    "InputFile",
    "InputFileChunk",
    "Job",
    "JobButton",
    "JobHook",
    "JobHookCall",
    "JobLogEntry",
    "JobPreset",
    "JobResult",
    "JobVersion",
    "Module",
    "Note",
    "ObjectChange",
    "Occurrence",
    "PlannedChange",
    "Quarantine",
    "Relationship",
    "RelationshipAssociation",
    "RemoteWatch",
    "Revision",
    "RevisionEvent",
    "ScheduledJob",
    "Secret",
    "SecretsGroup",
    "SecretsGroupAssociation",
    "SignedCommit",
    "SnapshotPiece",
    "SnapshotRequest",
    "Source",
    "Status",
    "StepFigure",
    "StoredPicture",
    "SyncTimes",
    "Tag",
    "TrustedKey",
    "Webhook",
    "WebhookDelivery",
]


def __getattr__(name: str) -> Any:
    """Later files take the roles of devices from here; the module that has them needs this one first."""
    if name == "Role":
        from jobyard_server.inventory.dcim.models import DeviceRole  # noqa: PLC0415  # see above

        return DeviceRole
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
