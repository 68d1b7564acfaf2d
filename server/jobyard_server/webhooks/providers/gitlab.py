"""GitLab: gitlab.com and self-managed. Its token does not cover the body, so TLS has to."""

from __future__ import annotations

import hmac
import uuid
from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Reading, change, text
from jobyard_server.webhooks.providers.base import ADDRESS, SECRET, Provider, Sample, as_json

TOKEN = "X-Gitlab-Token"  # noqa: S105  # the name of a header
_PUSHES = {"Push Hook", "Tag Push Hook"}


class GitLab(Provider):
    event_header: ClassVar = "X-Gitlab-Event"
    id_header: ClassVar = "Idempotency-Key"
    kept_headers: ClassVar[tuple[str, ...]] = ("X-Gitlab-Event-UUID", "X-Gitlab-Instance")
    hint: ClassVar = "Project, Settings, Webhooks; the secret is the secret token; push and tag push events."
    entries: ClassVar = (
        ("URL", ADDRESS),
        ("Secret token", SECRET),
        ("Trigger", "Push events, Tag push events"),
    )

    def is_genuine(self, call: Call, secret: str) -> bool:
        given = call.headers.get(TOKEN, "").encode("utf-8", "replace")
        return hmac.compare_digest(given, secret.encode()) and bool(secret)

    def delivery_id(self, call: Call, data: dict[str, Any]) -> str:  # noqa: ARG002  # see the base
        return call.headers.get(self.id_header) or call.headers.get("X-Gitlab-Event-UUID", "")

    def read(self, call: Call, data: dict[str, Any]) -> Reading:
        event = call.headers.get(self.event_header, "")
        urls = (text(data, "project", name) for name in ("git_http_url", "git_ssh_url", "web_url"))
        return Reading(
            event=event,
            is_push=event in _PUSHES,
            changes=change(text(data, "ref"), text(data, "after")),
            addresses=tuple(filter(None, urls)),
        )

    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:  # noqa: ARG002  # it signs no time
        headers = {
            "Content-Type": "application/json",
            self.event_header: "Tag Push Hook" if ref.startswith("refs/tags/") else "Push Hook",
            GitLab.id_header: str(uuid.uuid4()),
            TOKEN: secret,
        }
        return Sample(headers=headers, body=as_json({"ref": ref, "after": commit, "project": {}}))
