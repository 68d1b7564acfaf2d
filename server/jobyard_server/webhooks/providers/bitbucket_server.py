"""Bitbucket Data Center."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Reading, all_of, change, items, text
from jobyard_server.webhooks.providers.base import (
    ADDRESS,
    SECRET,
    Provider,
    Sample,
    as_json,
    hex_hmac,
    is_hex_hmac,
)

_SIGNATURE = "X-Hub-Signature"


class BitbucketServer(Provider):
    event_header: ClassVar = "X-Event-Key"
    id_header: ClassVar = "X-Request-Id"
    hint: ClassVar = "Repository, Repository settings, Webhooks, Create webhook; event Repository push."
    entries: ClassVar = (
        ("Name", "jobyard"),
        ("URL", ADDRESS),
        ("Secret", SECRET),
        ("Events", "Repository: Push"),
    )

    def is_genuine(self, call: Call, secret: str) -> bool:
        return is_hex_hmac(call.headers.get(_SIGNATURE, ""), secret, call.body, prefix="sha256=")

    def read(self, call: Call, data: dict[str, Any]) -> Reading:
        event = call.headers.get(self.event_header, "")
        clones = (text(link, "href") for link in items(data, "repository", "links", "clone"))
        moved = [change(text(item, "ref", "id"), text(item, "toHash")) for item in items(data, "changes")]
        return Reading(
            event=event,
            is_push=event == "repo:refs_changed",
            changes=all_of(moved),
            addresses=tuple(filter(None, clones)),
        )

    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:  # noqa: ARG002  # it signs no time
        body = as_json({"changes": [{"ref": {"id": ref}, "toHash": commit}], "repository": {}})
        headers = {
            "Content-Type": "application/json",
            self.event_header: "repo:refs_changed",
            self.id_header: str(uuid.uuid4()),
            _SIGNATURE: f"sha256={hex_hmac(secret, body)}",
        }
        return Sample(headers=headers, body=body)
