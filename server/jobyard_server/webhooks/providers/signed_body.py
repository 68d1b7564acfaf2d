"""The way of GitHub, which Gitea and Forgejo follow: one header names the event, another signs the body."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Reading, change, text
from jobyard_server.webhooks.providers.base import Provider, Sample, as_json, hex_hmac, is_hex_hmac

_PUSH = "push"


class SignedBody(Provider):
    signature_header: ClassVar[str]
    signature_prefix: ClassVar = ""

    def is_genuine(self, call: Call, secret: str) -> bool:
        signature = call.headers.get(self.signature_header, "")
        return is_hex_hmac(signature, secret, call.body, prefix=self.signature_prefix)

    def read(self, call: Call, data: dict[str, Any]) -> Reading:
        event = call.headers.get(self.event_header, "")
        urls = (text(data, "repository", name) for name in ("clone_url", "ssh_url", "html_url"))
        return Reading(
            event=event,
            is_push=event == _PUSH,
            changes=change(text(data, "ref"), text(data, "after")),
            addresses=tuple(filter(None, urls)),
        )

    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:  # noqa: ARG002  # it signs no time
        body = as_json({"ref": ref, "after": commit, "repository": {}})
        headers = {
            "Content-Type": "application/json",
            self.event_header: _PUSH,
            self.id_header: str(uuid.uuid4()),
            self.signature_header: f"{self.signature_prefix}{hex_hmac(secret, body)}",
        }
        return Sample(headers=headers, body=body)
