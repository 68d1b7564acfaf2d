"""The keys whose signatures count. Rows, never files of a repository: who pushes must not choose them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

SSH, GPG = "ssh", "gpg"


class TrustedKey(models.Model):
    """A key whose signature under a commit is accepted, for all repositories that look at signatures."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    principal = models.CharField(max_length=200)  # whose key it is: name or mail address
    kind = models.CharField(max_length=3, choices=[(SSH, "SSH"), (GPG, "GPG")])
    key = models.TextField()  # the public key: a line of OpenSSH, or an armoured block
    fingerprint = models.CharField(max_length=64, unique=True)  # SHA256:…, or 40 upper-case hex digits
    not_after = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "extras"
        ordering = ("principal", "created")

    def __str__(self) -> str:
        return f"{self.principal} {self.fingerprint}"

    @property
    def is_in_force(self) -> bool:
        """By our clock: the one of a signature is its author's word."""
        return self.revoked_at is None and (self.not_after is None or self.not_after > timezone.now())


class SignedCommit(models.Model):
    """
    A commit whose signature by this key was found to be good. Whether the key counts is asked anew every
    time; what is kept here cannot change, since the id of a commit covers its signature.
    """

    source = models.ForeignKey("extras.Source", on_delete=models.CASCADE, related_name="signed_commits")
    commit = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)

    class Meta:
        app_label = "extras"
        constraints = [models.UniqueConstraint(fields=["source", "commit"], name="commit_is_looked_at_once")]

    def __str__(self) -> str:
        return f"{self.commit[:12]} {self.fingerprint}"
