"""Gitea and Forgejo. Both sign alike; Forgejo sends the header of Gitea too."""

from __future__ import annotations

from typing import ClassVar

from jobyard_server.webhooks.providers.base import ADDRESS, SECRET
from jobyard_server.webhooks.providers.github_push import GitHubPush


class Gitea(GitHubPush):
    event_header: ClassVar = "X-Gitea-Event"
    id_header: ClassVar = "X-Gitea-Delivery"
    signature_header: ClassVar = "X-Gitea-Signature"
    signature_prefix: ClassVar = ""
    kept_headers: ClassVar = ("X-Forgejo-Event",)
    hint: ClassVar = (
        "Repository, Settings, Webhooks, Add webhook; content type application/json, push events."
    )
    entries: ClassVar = (
        ("Target URL", ADDRESS),
        ("HTTP method", "POST"),
        ("POST content type", "application/json"),
        ("Secret", SECRET),
        ("Trigger on", "Push events"),
    )
