"""GitLab with a signing token (newer versions): the signature covers body and time."""

from __future__ import annotations

from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call
from jobyard_server.webhooks.providers import standard_webhooks
from jobyard_server.webhooks.providers.base import Sample
from jobyard_server.webhooks.providers.gitlab import TOKEN, GitLab


class GitLabSigned(GitLab):
    id_header: ClassVar = standard_webhooks.ID  # the same as its Idempotency-Key
    kept_headers: ClassVar[tuple[str, ...]] = (*GitLab.kept_headers, standard_webhooks.TIME)
    hint: ClassVar = "Project, Settings, Webhooks; the secret is the signing token; push and tag push events."

    def is_genuine(self, call: Call, secret: str) -> bool:
        return standard_webhooks.is_signed(call, secret)

    def delivery_id(self, call: Call, data: dict[str, Any]) -> str:  # noqa: ARG002  # see the base
        return call.headers.get(self.id_header, "")

    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:
        plain = super().sample(ref, commit, secret, now)
        others = {name: value for name, value in plain.headers.items() if name != TOKEN}
        message_id = others["Idempotency-Key"]
        headers = standard_webhooks.signed_headers(secret, message_id, now, plain.body)
        return Sample(headers={**others, **headers}, body=plain.body)
