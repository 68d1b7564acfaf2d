"""Bitbucket Data Center."""

from __future__ import annotations

from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Reading, all_of, change, items, text
from jobyard_server.webhooks.providers.base import ADDRESS, SECRET
from jobyard_server.webhooks.providers.signed_body import SignedBody


class BitbucketServer(SignedBody):
    event_header: ClassVar = "X-Event-Key"
    id_header: ClassVar = "X-Request-Id"
    push_event: ClassVar = "repo:refs_changed"
    signature_header: ClassVar = "X-Hub-Signature"
    hint: ClassVar = "Repository, Repository settings, Webhooks, Create webhook; event Repository push."
    entries: ClassVar = (
        ("Name", "jobyard"),
        ("URL", ADDRESS),
        ("Secret", SECRET),
        ("Events", "Repository: Push"),
    )

    def read(self, call: Call, data: dict[str, Any]) -> Reading:
        event = call.headers.get(self.event_header, "")
        clones = (text(link, "href") for link in items(data, "repository", "links", "clone"))
        moved = [change(text(item, "ref", "id"), text(item, "toHash")) for item in items(data, "changes")]
        return Reading(
            event=event,
            is_push=event == self.push_event,
            changes=all_of(moved),
            addresses=tuple(filter(None, clones)),
        )

    def push(self, ref: str, commit: str) -> dict[str, Any]:
        return {"changes": [{"ref": {"id": ref}, "toHash": commit}], "repository": {}}
