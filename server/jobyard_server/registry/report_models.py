"""Commit statuses on their way to a forge."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from jobyard_server.registry.models import GitRepository

FORGES = {"github": "GitHub", "gitlab": "GitLab", "gitea": "Gitea or Forgejo"}


class CommitStatus(models.Model):
    """What the forge should show beside a commit; the newest word about a commit replaces the one before."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    repository = models.ForeignKey(GitRepository, on_delete=models.CASCADE, related_name="commit_statuses")
    commit = models.CharField(max_length=64)
    state = models.CharField(max_length=10)  # success, failure or error
    description = models.CharField(max_length=140)
    link = models.CharField(max_length=300, blank=True)
    attempts = models.IntegerField(default=0)
    next_try = models.DateTimeField(default=timezone.now, null=True, db_index=True)  # null: no further try
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "extras"
        verbose_name_plural = "commit statuses"
        ordering = ("-created",)
        constraints = [models.UniqueConstraint(fields=["repository", "commit"], name="commit_has_one_status")]

    def __str__(self) -> str:
        return f"{self.commit[:12]} {self.state}"
