"""Gitea and Forgejo. Both sign alike; Forgejo sends the header of Gitea too."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Reading, change, text
from jobyard_server.webhooks.providers.base import (
    ADDRESS,
    SECRET,
    Provider,
    Sample,
    as_json,
    hex_hmac,
    is_hex_hmac,
)

_SIGNATURE = "X-Gitea-Signature"


class Gitea(Provider):
    event_header: ClassVar = "X-Gitea-Event"
    id_header: ClassVar = "X-Gitea-Delivery"
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

    def is_genuine(self, call: Call, secret: str) -> bool:
        return is_hex_hmac(call.headers.get(_SIGNATURE, ""), secret, call.body)

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
            _SIGNATURE: hex_hmac(secret, body),
        }
        return Sample(headers=headers, body=body)
