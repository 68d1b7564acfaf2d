"""
Addresses that forges call after a push, and what they delivered.

A delivery is the request: one INSERT and nothing else, so a storm of them waits for no lock. The sync
daemon gathers the open ones of a repository into one sync. Source: docs/adr/0011-git-in.md
"""

from __future__ import annotations

import secrets
import uuid

from django.db import models

from jobyard_server.registry.models import GitRepository

PROVIDERS = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "gitlab_signed": "GitLab, signing token",
    "gitea": "Gitea or Forgejo",
    "bitbucket": "Bitbucket Cloud",
    "bitbucket_server": "Bitbucket Data Center",
    "azure": "Azure DevOps",
    "generic": "Generic, signed",
}

ACCEPTED, IGNORED = "accepted", "ignored"
OUTCOMES = {ACCEPTED: "Accepted", IGNORED: "Ignored"}


def new_address() -> str:
    return secrets.token_hex(16)


class Webhook(models.Model):
    """One address that a forge calls; it stands for one repository."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    address = models.CharField(
        max_length=32, unique=True, default=new_address, editable=False
    )  # last part of the URL: 128 random bits, hex
    repository = models.ForeignKey(GitRepository, on_delete=models.CASCADE, related_name="webhooks")
    provider = models.CharField(max_length=20, choices=list(PROVIDERS.items()))
    enabled = models.BooleanField(default=True)
    secret_encrypted = models.TextField(editable=False)  # see access.secrets; shown once, when it is made
    previous_secret_encrypted = models.TextField(blank=True, editable=False)  # accepted during a rotation
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)
    created = models.DateTimeField(auto_now_add=True)
    last_updated = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "extras"
        ordering = ("created",)

    def __str__(self) -> str:
        return f"{PROVIDERS.get(self.provider, self.provider)} webhook of {self.repository.name}"

    @property
    def path(self) -> str:
        return f"/webhooks/{self.address}/"


class WebhookDelivery(models.Model):
    """One call whose signature was right. Kept for a week: long enough to see replays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    delivery_id = models.CharField(max_length=200)  # the sender's; of our making when it sends none
    outcome = models.CharField(max_length=10, choices=list(OUTCOMES.items()))
    event = models.CharField(max_length=100, blank=True)
    ref = models.CharField(max_length=255, blank=True)  # of the first change that the body tells of
    announced_commit = models.CharField(max_length=64, blank=True)  # shown only, never given to git
    note = models.CharField(max_length=300, blank=True)  # why it was ignored, or what looks wrong
    headers = models.JSONField(default=dict)  # the harmless ones
    excerpt = models.TextField(blank=True)  # start of the body
    result = models.ForeignKey(
        "extras.JobResult", null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )  # the sync that it became a part of
    is_open = models.BooleanField(default=False)  # accepted, and no sync stands for it yet
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "extras"
        verbose_name_plural = "webhook deliveries"
        ordering = ("-created",)
        indexes = [
            models.Index(fields=["webhook", "-created"], name="delivery_newest_of_hook"),
            models.Index(fields=["webhook"], name="delivery_open", condition=models.Q(is_open=True)),
            models.Index(fields=["created"], name="delivery_oldest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "delivery_id"], name="delivery_counts_once")
        ]

    def __str__(self) -> str:
        return f"{self.event or 'call'} {self.delivery_id}"
