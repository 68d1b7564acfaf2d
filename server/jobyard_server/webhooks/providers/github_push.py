"""What GitHub says of a push, and Gitea and Forgejo after it."""

from __future__ import annotations

from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Reading, change, text
from jobyard_server.webhooks.providers.signed_body import SignedBody


class GitHubPush(SignedBody):
    push_event: ClassVar = "push"

    def push(self, ref: str, commit: str) -> dict[str, Any]:
        return {"ref": ref, "after": commit, "repository": {}}

    def read(self, call: Call, data: dict[str, Any]) -> Reading:
        event = call.headers.get(self.event_header, "")
        urls = (text(data, "repository", name) for name in ("clone_url", "ssh_url", "html_url"))
        return Reading(
            event=event,
            is_push=event == self.push_event,
            changes=change(text(data, "ref"), text(data, "after")),
            addresses=tuple(filter(None, urls)),
        )
