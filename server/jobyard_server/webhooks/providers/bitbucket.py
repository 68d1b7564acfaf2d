"""Bitbucket Cloud."""

from __future__ import annotations

from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Change, Reading, all_of, change, dig, items, text
from jobyard_server.webhooks.providers.base import ADDRESS, SECRET
from jobyard_server.webhooks.providers.signed_body import SignedBody

_FOLDERS = {"branch": "heads", "named_branch": "heads", "tag": "tags"}


class Bitbucket(SignedBody):
    event_header: ClassVar = "X-Event-Key"
    id_header: ClassVar = "X-Request-UUID"
    kept_headers: ClassVar = ("X-Attempt-Number",)
    push_event: ClassVar = "repo:push"
    signature_header: ClassVar = "X-Hub-Signature"  # SHA-256 in spite of the name
    hint: ClassVar = "Repository, Repository settings, Webhooks, Add webhook; trigger Repository push."
    entries: ClassVar = (
        ("Title", "jobyard"),
        ("URL", ADDRESS),
        ("Secret", SECRET),
        ("Triggers", "Repository push"),
    )

    def read(self, call: Call, data: dict[str, Any]) -> Reading:
        event = call.headers.get(self.event_header, "")
        address = text(data, "repository", "links", "html", "href")
        return Reading(
            event=event,
            is_push=event == self.push_event,
            changes=all_of([_change(item) for item in items(data, "push", "changes")]),
            addresses=(address,) if address else (),
        )

    def push(self, ref: str, commit: str) -> dict[str, Any]:
        _, folder, name = ref.split("/", 2)
        new = {"type": "tag" if folder == "tags" else "branch", "name": name, "target": {"hash": commit}}
        return {"push": {"changes": [{"new": new, "old": None}]}, "repository": {}}


def _change(item: Any) -> tuple[Change, ...]:
    """``new`` is null when the branch was deleted; then ``old`` has its name."""
    side = "new" if isinstance(dig(item, "new"), dict) else "old"
    folder = _FOLDERS.get(text(item, side, "type"), "")
    commit = text(item, "new", "target", "hash") if side == "new" else ""
    return change(f"refs/{folder}/{text(item, side, 'name')}", commit)
