"""GitHub: github.com and Enterprise Server."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import parse_qs

from jobyard_server.webhooks.calls import Call
from jobyard_server.webhooks.providers.base import ADDRESS, SECRET, Malformed, json_object
from jobyard_server.webhooks.providers.github_push import GitHubPush

_FORM = "application/x-www-form-urlencoded"


class GitHub(GitHubPush):
    event_header: ClassVar = "X-GitHub-Event"
    id_header: ClassVar = "X-GitHub-Delivery"
    signature_header: ClassVar = "X-Hub-Signature-256"
    kept_headers: ClassVar = ("X-GitHub-Hook-ID",)
    hint: ClassVar = (
        "Repository, Settings, Webhooks, Add webhook; content type application/json, push events."
    )
    entries: ClassVar = (
        ("Payload URL", ADDRESS),
        ("Content type", "application/json"),
        ("Secret", SECRET),
        ("Which events", "Just the push event"),
    )

    def parse(self, call: Call) -> dict[str, Any]:
        """The body may be a form with the JSON in one field; the signature is over the raw form."""
        if not call.headers.get("Content-Type", "").startswith(_FORM):
            return json_object(call.body)
        try:
            fields = parse_qs(call.body.decode(), strict_parsing=True, max_num_fields=10)
            return json_object(fields["payload"][0].encode())
        except (ValueError, KeyError, UnicodeError):
            raise Malformed from None
