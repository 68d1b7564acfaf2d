"""Inputs of a job that somebody keeps under a name, to fill in its form with."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

LONGEST_NAME = 100


class JobPreset(models.Model):
    """
    Some inputs of a job, whether to commit, and the queue; never secrets and never files.

    It belongs to whoever saved it. Others may use it when it is shared and they may view the job.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job_model = models.ForeignKey("extras.Job", on_delete=models.CASCADE, related_name="presets")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=LONGEST_NAME)
    inputs = models.JSONField(default=dict)  # in queued form; variables that were left empty are not in it
    commit = models.BooleanField()
    task_queue = models.CharField(max_length=64, blank=True)
    is_shared = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)
    changed = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "extras"
        verbose_name = "job preset"
        ordering = ("name", "created")
        constraints = [
            models.UniqueConstraint(fields=["job_model", "user", "name"], name="jobpreset_one_name"),
        ]

    def __str__(self) -> str:
        return self.name
