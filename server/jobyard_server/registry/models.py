"""
The database record of sources, revisions, modules and jobs.

Written only by ``registry.publish`` (what code is in service) and ``registry.repositories`` (what
people configure). Everything else reads.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from jobyard.spec import JobSpec
from jobyard_server.inventory.base.tags import TagsField
from jobyard_server.registry.signature_rules import OFF, SignatureRule, read_rule

LOCAL, GIT, PLUGINS = "local", "git", "plugins"
COPIED = (
    "grouping",
    "name",
    "description",
    "hidden",
    "read_only",
    "position",
)  #: Columns made from the spec.
KINDS = {LOCAL: "Folder", GIT: "Git repository", PLUGINS: "Plugins"}
DEFAULT_JOB_PATHS = ("jobs",)


def default_job_paths() -> list[str]:
    return list(DEFAULT_JOB_PATHS)


POLL_SECONDS = 60
VERIFIED, UNSIGNED, REFUSED = "verified", "unsigned", "refused"
SIGNATURE_STATES = {VERIFIED: "Verified", UNSIGNED: "Unsigned", REFUSED: "Not trusted"}


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
    ssh_key_encrypted = models.TextField(blank=True, editable=False)  # private key; never shown
    ssh_key_origin = models.CharField(max_length=255, blank=True, editable=False)  # likewise
    ssh_public_key = models.TextField(blank=True, editable=False)  # its public half, for the forge
    poll_interval = models.IntegerField(default=POLL_SECONDS)  # seconds; 0: not by the clock
    fsck_exceptions = models.JSONField(default=list)  # kinds of old malformed objects that are let in
    signature_policy = models.CharField(max_length=80, default=OFF)  # see registry.signature_rules
    signature_policy_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # who decided so; null: jobyard's default, or the command line
    signature_policy_at = models.DateTimeField(null=True, blank=True)
    report_to = models.CharField(max_length=10, blank=True)  # forge that is told of syncs; empty: none
    report_token_encrypted = models.TextField(blank=True, editable=False)  # never shown
    report_origin = models.CharField(max_length=255, blank=True, editable=False)  # it was given for
    provided_contents = models.JSONField(default=list)
    current_head = models.CharField(
        max_length=64, blank=True, editable=False
    )  # last commit fetched and processed
    job_paths = models.JSONField(default=default_job_paths)  # folders of job files; "." is the root
    auto_enable = models.BooleanField(default=True)  # new jobs may be run at once
    strict = models.BooleanField(default=False)  # a revision is published in whole or not at all
    forge = models.CharField(max_length=20, blank=True)  # see registry.forges; empty: told by the address
    pinned_commit = models.CharField(max_length=64, blank=True, editable=False)  # stays until it is unpinned
    rolled_back_to = models.CharField(
        max_length=64, blank=True, editable=False
    )  # stays until a commit newer than the quarantined ones comes
    created = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "extras"
        verbose_name_plural = "Git repositories"
        ordering = (Lower("name"),)
        permissions = [
            ("sync_gitrepository", "Can sync Git repository"),
            ("rollback_gitrepository", "Can decide which revision of a Git repository is in service"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def signature_rule(self) -> SignatureRule:
        return read_rule(self.signature_policy)

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

    pinned_to = models.CharField(
        max_length=64, blank=True
    )  # of a folder: the revision that stays until it is unpinned; a repository has its own
    rolled_back_to = models.CharField(
        max_length=64, blank=True
    )  # of a folder: stays until the folder is neither that nor what was rolled back
    refresh_asked = models.DateTimeField(
        null=True, blank=True
    )  # somebody wants all of a folder or of plugins read again; null: nobody, or it is done
    steps = models.JSONField(default=dict)  # of the newest sync of a folder or of plugins; see source_steps
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
    signature_state = models.CharField(
        max_length=10, choices=list(SIGNATURE_STATES.items()), blank=True
    )  # empty: nobody looked
    signature_signer = models.CharField(max_length=200, blank=True)  # principal of the trusted key
    signature_fingerprint = models.CharField(max_length=64, blank=True)  # of the key that signed
    signature_note = models.CharField(max_length=500, blank=True)  # why it is not verified
    signature_checked_at = models.DateTimeField(null=True, blank=True)
    signature_policy = models.CharField(max_length=80, blank=True)  # under which it was looked at
    signature_keys = models.JSONField(
        default=list, blank=True
    )  # fingerprints of all keys that its being verified rests on
    is_kept = models.BooleanField(default=True)  # its snapshot is on disk; False from before it is removed
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
    fingerprint = models.CharField(
        max_length=64, blank=True
    )  # of everything its newest inspection depended on; empty: inspect at every sync
    reads = models.JSONField(default=list, blank=True)  # data files that it read while it was imported
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
    position = models.PositiveIntegerField(default=0)  # within its module, see JobSpec
    spec_json = models.JSONField()  # as the code says it, without the overrides
    overrides = models.JSONField(
        default=dict, blank=True
    )  # what people decided instead, by name of the field
    tags = TagsField()
    created = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    shown_with = ("module__source",)  #: For the link to its page, which is its class path.

    class Meta:
        app_label = "extras"
        ordering = (Lower("grouping"), "module_name", "position", "job_class_name")
        constraints = [models.UniqueConstraint(fields=["module", "job_class_name"], name="job_is_known_once")]
        permissions = [("run_job", "Can run job"), ("approve_job", "Can approve job")]

    def __str__(self) -> str:
        return self.name

    @property
    def class_path(self) -> str:
        return f"{self.module.source.key}/{self.module_name}/{self.job_class_name}"

    @property
    def spec(self) -> JobSpec:
        """As it is in force: what the code says, with what people decided instead."""
        return replace(JobSpec.from_json(self.spec_json), **self.overrides)

    @property
    def description_first_line(self) -> str:
        return self.description.splitlines()[0] if self.description else ""

    def get_absolute_url(self) -> str:
        return f"/extras/jobs/{self.class_path}/"


def describe_job(spec: JobSpec, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The columns of a job that are copied from its spec, for filters and permissions."""
    in_force = replace(spec, **overrides) if overrides else spec
    copied = {name: getattr(in_force, name) for name in COPIED}
    return {**copied, "spec_json": spec.to_json()}
