"""GitHub: github.com and Enterprise Server."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar
from urllib.parse import parse_qs

from jobyard_server.webhooks.calls import Call, Reading, change, text
from jobyard_server.webhooks.providers.base import (
    ADDRESS,
    SECRET,
    Malformed,
    Provider,
    Sample,
    as_json,
    hex_hmac,
    is_hex_hmac,
    json_object,
)

_SIGNATURE = "X-Hub-Signature-256"
_FORM = "application/x-www-form-urlencoded"


class GitHub(Provider):
    event_header: ClassVar = "X-GitHub-Event"
    id_header: ClassVar = "X-GitHub-Delivery"
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

    def is_genuine(self, call: Call, secret: str) -> bool:
        return is_hex_hmac(call.headers.get(_SIGNATURE, ""), secret, call.body, prefix="sha256=")

    def parse(self, call: Call) -> dict[str, Any]:
        """The body may be a form with the JSON in one field; the signature is over the raw form."""
        if not call.headers.get("Content-Type", "").startswith(_FORM):
            return json_object(call.body)
        try:
            fields = parse_qs(call.body.decode(), strict_parsing=True, max_num_fields=10)
            return json_object(fields["payload"][0].encode())
        except (ValueError, KeyError, UnicodeError):
            raise Malformed from None

    def read(self, call: Call, data: dict[str, Any]) -> Reading:
        event = call.headers.get(self.event_header, "")
        urls = (text(data, "repository", name) for name in ("clone_url", "ssh_url", "html_url"))
        return Reading(
            event=event,
            is_push=event == "push",
            changes=change(text(data, "ref"), text(data, "after")),
            addresses=tuple(filter(None, urls)),
        )

    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:  # noqa: ARG002  # it signs no time
        body = as_json({"ref": ref, "after": commit, "repository": {}})
        headers = {
            "Content-Type": "application/json",
            self.event_header: "push",
            self.id_header: str(uuid.uuid4()),
            _SIGNATURE: f"sha256={hex_hmac(secret, body)}",
        }
        return Sample(headers=headers, body=body)
