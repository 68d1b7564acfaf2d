"""Bitbucket Cloud."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Change, Reading, all_of, change, dig, items, text
from jobyard_server.webhooks.providers.base import (
    ADDRESS,
    SECRET,
    Provider,
    Sample,
    as_json,
    hex_hmac,
    is_hex_hmac,
)

_SIGNATURE = "X-Hub-Signature"  # SHA-256 in spite of the name
_FOLDERS = {"branch": "heads", "named_branch": "heads", "tag": "tags"}


class Bitbucket(Provider):
    event_header: ClassVar = "X-Event-Key"
    id_header: ClassVar = "X-Request-UUID"
    kept_headers: ClassVar = ("X-Attempt-Number",)
    hint: ClassVar = "Repository, Repository settings, Webhooks, Add webhook; trigger Repository push."
    entries: ClassVar = (
        ("Title", "jobyard"),
        ("URL", ADDRESS),
        ("Secret", SECRET),
        ("Triggers", "Repository push"),
    )

    def is_genuine(self, call: Call, secret: str) -> bool:
        return is_hex_hmac(call.headers.get(_SIGNATURE, ""), secret, call.body, prefix="sha256=")

    def read(self, call: Call, data: dict[str, Any]) -> Reading:
        event = call.headers.get(self.event_header, "")
        address = text(data, "repository", "links", "html", "href")
        return Reading(
            event=event,
            is_push=event == "repo:push",
            changes=all_of([_change(item) for item in items(data, "push", "changes")]),
            addresses=(address,) if address else (),
        )

    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:  # noqa: ARG002  # it signs no time
        _, folder, name = ref.split("/", 2)
        new = {"type": "tag" if folder == "tags" else "branch", "name": name, "target": {"hash": commit}}
        body = as_json({"push": {"changes": [{"new": new, "old": None}]}, "repository": {}})
        headers = {
            "Content-Type": "application/json",
            self.event_header: "repo:push",
            self.id_header: str(uuid.uuid4()),
            _SIGNATURE: f"sha256={hex_hmac(secret, body)}",
        }
        return Sample(headers=headers, body=body)


def _change(item: Any) -> tuple[Change, ...]:
    """``new`` is null when the branch was deleted; then ``old`` has its name."""
    side = "new" if isinstance(dig(item, "new"), dict) else "old"
    folder = _FOLDERS.get(text(item, side, "type"), "")
    commit = text(item, "new", "target", "hash") if side == "new" else ""
    return change(f"refs/{folder}/{text(item, side, 'name')}", commit)
