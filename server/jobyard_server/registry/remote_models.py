"""What is known of remotes: when to look at them again, and which keys their servers show."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from jobyard_server.registry.models import GitRepository


class RemoteWatch(models.Model):
    """When a repository is looked at next, and what was seen there. Written by daemons only."""

    repository = models.OneToOneField(
        GitRepository, primary_key=True, on_delete=models.CASCADE, related_name="watch"
    )
    next_look = models.DateTimeField(
        null=True, blank=True, default=timezone.now, db_index=True
    )  # null: when something says so, not by the clock
    active_until = models.DateTimeField(null=True, blank=True)  # until then it is looked at more often
    looks = models.BigIntegerField(default=0)  # so far
    last_look = models.DateTimeField(null=True, blank=True)
    seen = models.CharField(
        max_length=64, blank=True
    )  # object that a sync was asked for; empty: the next look asks for one
    head = models.CharField(max_length=64, blank=True)  # in service when the last sync ended
    failures = models.IntegerField(default=0)  # in a row
    error = models.TextField(blank=True)  # why the last look saw nothing

    class Meta:
        app_label = "extras"

    def __str__(self) -> str:
        return f"watch of {self.repository_id}"


class HostKey(models.Model):
    """A key that an SSH server showed. Only confirmed ones are trusted; nothing is trusted at first sight."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    port = models.IntegerField(default=22)
    kind = models.CharField(max_length=64)  # ssh-ed25519, ecdsa-sha2-nistp256, ssh-rsa
    key = models.TextField()  # base64, one line
    fingerprint = models.CharField(max_length=64)  # SHA256:…, as ssh-keygen -l shows it
    confirmed_at = models.DateTimeField(null=True, blank=True)  # null: seen, not trusted
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "extras"
        ordering = ("host", "port", "kind")
        constraints = [
            models.UniqueConstraint(fields=["host", "port", "fingerprint"], name="host_key_is_known_once")
        ]

    def __str__(self) -> str:
        return f"{self.host} {self.kind} {self.fingerprint}"
