"""Schedules and requests for approval: what shall run later, as whom, with what; and what became of it."""

from __future__ import annotations

import uuid
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models

from jobyard_server.runs.models import DEFAULT_QUEUE
from jobyard_server.schedules.times import INTERVALS, ONE_OFF, Rule

PENDING, APPROVED, DENIED = "pending", "approved", "denied"
RUN, SKIPPED = "run", "skipped"


class ScheduledJob(models.Model):
    """
    A job that shall run later: once or again and again, maybe only after somebody else approved.

    ``next_at`` is all that the scheduler looks at; it is null while nothing shall happen.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    job_model = models.ForeignKey("extras.Job", on_delete=models.CASCADE, related_name="schedules")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # as whom it runs
    interval = models.CharField(max_length=20, choices=[(name, name) for name in INTERVALS])
    start_time = models.DateTimeField(null=True, blank=True)
    crontab = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=100)

    inputs = models.JSONField(default=dict)  # validated, in queued form; never of sensitive jobs
    commit = models.BooleanField(default=True)
    task_queue = models.CharField(max_length=64, default=DEFAULT_QUEUE)
    request = models.JSONField(default=dict)  # what ``self.request`` of its runs is made of

    enabled = models.BooleanField(default=True)
    disabled_reason = models.TextField(blank=True)  # a sentence, when jobyard itself disabled it
    next_at = models.DateTimeField(null=True, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)
    total_run_count = models.IntegerField(default=0)

    approval_required = models.BooleanField(default=False)
    approval = models.CharField(
        max_length=10, blank=True, choices=[(name, name) for name in (PENDING, APPROVED, DENIED)]
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    revision = models.ForeignKey(
        "extras.Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # shown to the approver; a run that was approved once runs exactly this one
    fingerprint = models.CharField(
        max_length=64, blank=True
    )  # of everything that module depends on there; empty: the whole snapshot counts

    created = models.DateTimeField(auto_now_add=True)
    date_changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "extras"
        verbose_name = "scheduled job"
        ordering = ("-created",)
        indexes = [
            models.Index(
                fields=["next_at"], name="scheduledjob_due", condition=models.Q(next_at__isnull=False)
            ),
            models.Index(fields=["-created"], name="scheduledjob_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_one_off(self) -> bool:
        return self.interval in ONE_OFF

    @property
    def is_waiting_for_approval(self) -> bool:
        return self.approval == PENDING

    @property
    def is_pinned(self) -> bool:
        """Its run executes what the approver saw, whatever was published since."""
        return self.approval_required and self.is_one_off

    @property
    def rule(self) -> Rule:
        return Rule(
            interval=self.interval,
            start=self.start_time,
            crontab=self.crontab,
            zone=ZoneInfo(self.time_zone),
        )

    @property
    def state(self) -> str:
        """One word: pending, denied, disabled, ended or active."""
        if self.approval in (PENDING, DENIED):
            return self.approval
        if not self.enabled:
            return "disabled"
        return "active" if self.next_at else "ended"

    def get_absolute_url(self) -> str:
        return f"/extras/scheduled-jobs/{self.pk}/"


class Occurrence(models.Model):
    """One time at which a schedule was due. The constraint is what makes each of them happen once."""

    schedule = models.ForeignKey(ScheduledJob, on_delete=models.CASCADE, related_name="occurrences")
    nominal_time = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=[(RUN, "run"), (SKIPPED, "skipped")])
    count = models.IntegerField(default=1)  # a skipped one stands for this many, of which it was the first
    job_result = models.ForeignKey(
        "extras.JobResult", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        app_label = "extras"
        ordering = ("-nominal_time",)
        constraints = [
            models.UniqueConstraint(fields=["schedule", "nominal_time"], name="occurrences_happen_once")
        ]

    def __str__(self) -> str:
        return f"{self.schedule} {self.nominal_time}"
