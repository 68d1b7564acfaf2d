"""API tokens."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from jobyard_server.access.models.accounts import User


class Token(models.Model):
    """An API token. Only a keyed digest is stored; the key is shown once, when it is made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)  # HMAC-SHA256 of the key, hex
    hint = models.CharField(max_length=12)  # first characters of the key, to tell tokens apart
    description = models.CharField(max_length=200, blank=True)
    enabled = models.BooleanField(default=True)
    write_enabled = models.BooleanField(default=True)
    allowed_networks = models.JSONField(default=list, blank=True)  # CIDR texts; empty: from anywhere
    created = models.DateTimeField(auto_now_add=True)
    expires = models.DateTimeField(null=True, blank=True)
    last_used = models.DateTimeField(null=True, blank=True)  # written at most once a minute

    class Meta:
        app_label = "users"
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.hint}… of {self.user}"

    @property
    def is_expired(self) -> bool:
        return self.expires is not None and self.expires <= timezone.now()

    @property
    def is_limited(self) -> bool:
        """Whether it can do less than its owner."""
        return not self.write_enabled or self.expires is not None or bool(self.allowed_networks)
