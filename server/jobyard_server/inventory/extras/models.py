"""
The models with the app label ``extras``: users know that label from permissions and URLs.

Registry and runs live in their own packages and are gathered here, because Django looks for the
models of an app in one place.
"""

from __future__ import annotations

from django.db import models

from jobyard_server.inventory.base import OrganizationalModel
from jobyard_server.registry.models import GitRepository, Job, Module, Revision, Source
from jobyard_server.runs.models import Component, InputFile, InputFileChunk, JobLogEntry, JobResult

__all__ = [
    "Component",
    "GitRepository",
    "InputFile",
    "InputFileChunk",
    "Job",
    "JobLogEntry",
    "JobResult",
    "Module",
    "Revision",
    "Source",
    "Status",
]


class Status(OrganizationalModel):
    """The state of a thing, chosen by people: active, planned, …"""

    color = models.CharField(max_length=6, default="9e9e9e")  # RGB, hex digits

    class Meta(OrganizationalModel.Meta):
        verbose_name_plural = "statuses"
