"""
The database record of sources, revisions, modules and jobs.

Written only by ``registry.publish`` (what code is in service) and ``registry.repositories`` (what
people configure). Everything else reads.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from jobyard.spec import JobSpec

LOCAL, GIT, PLUGINS = "local", "git", "plugins"
KINDS = {LOCAL: "Folder", GIT: "Git repository", PLUGINS: "Plugins"}


class GitRepository(models.Model):
    """A Git repository that people added; its jobs come through its source."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    slug = models.CharField(max_length=100, unique=True)  # A-Z a-z 0-9 _ - ; part of every class path
    remote_url = models.CharField(max_length=255)
    branch = models.CharField(max_length=64, default="main")  # branch, tag or full commit hash
    username = models.CharField(max_length=64, blank=True)
    token_encrypted = models.TextField(blank=True, editable=False)  # see access.secrets; never shown
    token_origin = models.CharField(
        max_length=255, blank=True, editable=False
    )  # scheme://host:port it was given for
    provided_contents = models.JSONField(default=list)
    current_head = models.CharField(
        max_length=64, blank=True, editable=False
    )  # last commit fetched and processed
    created = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "extras"
        verbose_name_plural = "Git repositories"
        ordering = (Lower("name"),)

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"/extras/git-repositories/{self.slug}/"


class Source(models.Model):
    """
    Where jobs come from: ``local``, ``plugins`` or ``git.<slug>``.

    It outlives its Git repository, so that results, jobs and permissions stay when a repository is
    deleted and return when it is added again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=110, unique=True)  # first part of every class path
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    git_repository = models.OneToOneField(
        GitRepository, null=True, blank=True, on_delete=models.SET_NULL, related_name="source"
    )
    revision = models.ForeignKey(
        "extras.Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # the newest one published, in whole or in part

    # The sync lease: "syncing" is lease_until > now, never a sticky flag.
    lease_holder = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    fence = models.BigIntegerField(default=0)

    last_synced = models.DateTimeField(null=True, blank=True)  # end of the last sync, good or bad
    error = models.TextField(blank=True)  # why the last sync read nothing; empty when it could

    class Meta:
        app_label = "extras"
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key

    @property
    def title(self) -> str:
        """Name for people: the repository's name, or what the source is."""
        return self.git_repository.name if self.git_repository else KINDS[self.kind]

    @property
    def is_syncing(self) -> bool:
        return self.lease_until is not None and self.lease_until > timezone.now()


class Revision(models.Model):
    """A commit of a Git source, or a content digest of a folder, and the snapshot it became."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="revisions")
    identifier = models.CharField(max_length=64)  # commit (40 or 64 hex digits) or content digest (64)
    snapshot_digest = models.CharField(max_length=64, db_index=True)
    author = models.CharField(max_length=250, blank=True)
    message = models.TextField(blank=True)
    committed_at = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "extras"
        ordering = ("-created",)
        constraints = [
            models.UniqueConstraint(fields=["source", "identifier"], name="revision_is_known_once")
        ]

    def __str__(self) -> str:
        return f"{self.source.key}@{self.short}"

    @property
    def short(self) -> str:
        """First twelve characters of the identifier, for people."""
        return self.identifier[:12]


class Module(models.Model):
    """One job file of a source. ``revision`` is what new runs execute: the last good version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="modules")
    name = models.CharField(max_length=250)  # dotted for submodules and plugins
    path = models.CharField(max_length=1024)  # relative to the root of the snapshot
    grouping = models.CharField(max_length=255)  # heading: the module's ``name`` attribute, or its name
    revision = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="modules"
    )  # null: never published
    is_installed = models.BooleanField(default=True)  # False: gone from its source
    load_error = models.JSONField(
        null=True, blank=True
    )  # {commit, path, line, message, traceback} of a newer version
    warnings = models.JSONField(default=list, blank=True)
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "extras"
        ordering = (Lower("grouping"), "name")
        constraints = [models.UniqueConstraint(fields=["source", "name"], name="module_is_known_once")]

    def __str__(self) -> str:
        return f"{self.source.key}/{self.name}"


class Job(models.Model):
    """A class that users can run, known by its spec; identified by its class path."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    module = models.ForeignKey(Module, on_delete=models.CASCADE, related_name="jobs")
    source = models.CharField(max_length=10, choices=list(KINDS.items()))  # local, git or plugins
    module_name = models.CharField(max_length=250)
    job_class_name = models.CharField(max_length=100)
    slug = models.CharField(max_length=400, db_index=True)
    grouping = models.CharField(max_length=255)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    enabled = models.BooleanField(default=True)
    installed = models.BooleanField(default=True)
    hidden = models.BooleanField(default=False)
    read_only = models.BooleanField(default=False)
    spec_json = models.JSONField()
    created = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "extras"
        ordering = (Lower("grouping"), "module_name", "job_class_name")
        constraints = [models.UniqueConstraint(fields=["module", "job_class_name"], name="job_is_known_once")]
        permissions = [("run_job", "Can run job"), ("approve_job", "Can approve job")]

    def __str__(self) -> str:
        return self.name

    @property
    def class_path(self) -> str:
        return f"{self.module.source.key}/{self.module_name}/{self.job_class_name}"

    @property
    def spec(self) -> JobSpec:
        return JobSpec.from_json(self.spec_json)

    @property
    def description_first_line(self) -> str:
        return self.description.splitlines()[0] if self.description else ""

    def get_absolute_url(self) -> str:
        return f"/extras/jobs/{self.class_path}/"


def describe_job(spec: JobSpec) -> dict[str, Any]:
    """The columns of a job that are copied from its spec, for filters and permissions."""
    return {
        "grouping": spec.grouping,
        "name": spec.name,
        "description": spec.description,
        "hidden": spec.hidden,
        "read_only": spec.read_only,
        "spec_json": spec.to_json(),
    }
