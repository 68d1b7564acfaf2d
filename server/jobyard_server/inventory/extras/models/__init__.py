"""
The models with the app label ``extras``: users know that label from permissions and URLs.

Registry and runs live in their own packages and are gathered here, because Django looks for the
models of an app in one place.
"""

from __future__ import annotations

from jobyard_server.inventory.extras.models.attachments import ImageAttachment, Note
from jobyard_server.inventory.extras.models.config_contexts import ConfigContext, ConfigContextModel
from jobyard_server.inventory.extras.models.custom_fields import CustomField, CustomFieldChoice
from jobyard_server.inventory.extras.models.relationships import Relationship, RelationshipAssociation
from jobyard_server.inventory.extras.models.secrets import Secret, SecretsGroup, SecretsGroupAssociation
from jobyard_server.inventory.extras.models.status import Status
from jobyard_server.inventory.extras.models.tags import Tag
from jobyard_server.inventory.extras.models.templates import CustomLink, ExportTemplate
from jobyard_server.registry.models import GitRepository, Job, Module, Revision, Source
from jobyard_server.runs.models import Component, InputFile, InputFileChunk, JobLogEntry, JobResult

__all__ = [
    "Component",
    "ConfigContext",
    "ConfigContextModel",
    "CustomField",
    "CustomFieldChoice",
    "CustomLink",
    "ExportTemplate",
    "GitRepository",
    "ImageAttachment",
    "InputFile",
    "InputFileChunk",
    "Job",
    "JobLogEntry",
    "JobResult",
    "Module",
    "Note",
    "Relationship",
    "RelationshipAssociation",
    "Revision",
    "Secret",
    "SecretsGroup",
    "SecretsGroupAssociation",
    "Source",
    "Status",
    "Tag",
]
