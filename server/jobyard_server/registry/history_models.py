"""
What happened to the revisions of a source: events, versions of specs, decisions of people, times of syncs.

Written by ``registry.publish``, ``registry.decisions`` and ``registry.sync_times``; everything else reads.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from jobyard_server.registry.models import Job, Revision, Source
from jobyard_server.runs.models import JobResult

PUBLISHED, WAITING, REFUSED = "published", "waiting", "refused"
EVENTS = {
    PUBLISHED: "Published",
    WAITING: "Waits for a confirmation",
    REFUSED: "Refused",
}
SYNC, ROLLBACK, PIN, CONFIRMATION = "sync", "rollback", "pin", "confirmation"
CAUSES = {
    SYNC: "Sync",
    ROLLBACK: "Rollback",
    PIN: "Pin",
    CONFIRMATION: "Confirmation",
}


class RevisionEvent(models.Model):
    """A revision was put into service, or kept out of it: one line of the timeline of its source."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="events")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="events")
    previous = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # in service before
    kind = models.CharField(max_length=10, choices=list(EVENTS.items()))
    cause = models.CharField(max_length=15, choices=list(CAUSES.items()), default=SYNC)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # who asked for it; null: jobyard noticed by itself
    result = models.ForeignKey(
        JobResult, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # the sync
    created = models.DateTimeField(auto_now_add=True)
    files = models.JSONField(default=list)  # [{kind, path, old_path}], the first few hundred
    changes = models.JSONField(default=dict)  # see registry.job_changes
    errors = models.JSONField(default=list)  # [{module, path, line, message, traceback, kept}]
    broken_inputs = models.JSONField(default=list)  # see registry.saved_inputs
    module_count = models.IntegerField(default=0)
    inspected_count = models.IntegerField(default=0)  # of these, how many were imported

    class Meta:
        app_label = "extras"
        ordering = ("-created",)
        indexes = [models.Index(fields=["source", "-created"], name="event_newest_of_source")]

    def __str__(self) -> str:
        return f"{self.revision}: {self.get_kind_display()}"


class JobVersion(models.Model):
    """The spec of a job from one moment on, until its next version."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="versions")
    created = models.DateTimeField(db_index=True)  # that of its event
    class_path = models.CharField(max_length=470)  # as it was then
    spec_json = models.JSONField(null=True, blank=True)  # null: not installed from then on

    class Meta:
        app_label = "extras"
        ordering = ("created",)
        indexes = [models.Index(fields=["job", "-created"], name="version_newest_of_job")]

    def __str__(self) -> str:
        return self.class_path


class Quarantine(models.Model):
    """A commit that was rolled back: no sync brings it back, until a newer commit releases it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="quarantines")
    identifier = models.CharField(max_length=64)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    created = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=64, blank=True)  # the newer commit

    class Meta:
        app_label = "extras"
        ordering = ("-created",)
        constraints = [
            models.UniqueConstraint(
                fields=["source", "identifier"],
                condition=models.Q(released_at__isnull=True),
                name="commit_is_quarantined_once",
            )
        ]

    def __str__(self) -> str:
        return self.identifier[:12]


class HeldPush(models.Model):
    """A commit that would take many jobs away; it waits until somebody confirms it, or a newer one comes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.OneToOneField(Source, on_delete=models.CASCADE, related_name="held_push")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    removed = models.JSONField(default=list)  # class paths
    job_count = models.IntegerField()  # installed jobs before
    created = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        app_label = "extras"

    def __str__(self) -> str:
        return str(self.revision)


class SyncTimes(models.Model):
    """When each step of a sync was done; a step that did not come to pass has no time."""

    result = models.OneToOneField(
        JobResult, primary_key=True, on_delete=models.CASCADE, related_name="sync_times"
    )
    received = models.DateTimeField()  # when it was asked for
    begun = models.DateTimeField(null=True, blank=True)
    fetched = models.DateTimeField(null=True, blank=True)
    snapshot = models.DateTimeField(null=True, blank=True)
    inspected = models.DateTimeField(null=True, blank=True)
    published = models.DateTimeField(null=True, blank=True)
    visible = models.DateTimeField(null=True, blank=True)  # on every worker
    seen_by = models.JSONField(default=list)  # ids of the workers that have said so

    class Meta:
        app_label = "extras"

    def __str__(self) -> str:
        return f"times of {self.result_id}"


class StepFigure(models.Model):
    """How long a step of syncs took so far: a histogram that outlives the syncs themselves."""

    step = models.CharField(max_length=20, primary_key=True)
    counts = models.JSONField(default=list)  # for each bound of sync_times.BOUNDS: how many took no longer
    number = models.BigIntegerField(default=0)
    seconds = models.FloatField(default=0.0)  # of all together

    class Meta:
        app_label = "extras"

    def __str__(self) -> str:
        return self.step
