"""Anything that signs like Standard Webhooks: a line in a CI job, a hook script, another forge."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Reading, change, text
from jobyard_server.webhooks.providers import standard_webhooks
from jobyard_server.webhooks.providers.base import ADDRESS, SECRET, Malformed, Provider, Sample, as_json


class Generic(Provider):
    id_header: ClassVar = standard_webhooks.ID
    kept_headers: ClassVar = (standard_webhooks.TIME,)
    hint: ClassVar = (
        'POST {} or {"ref": …, "sha": …} with webhook-id, webhook-timestamp and webhook-signature: '
        "v1,<base64 of HMAC-SHA256 over id.timestamp.body> (Standard Webhooks)."
    )
    entries: ClassVar = (("URL", ADDRESS), ("Secret", SECRET), ("Content type", "application/json"))

    def is_genuine(self, call: Call, secret: str) -> bool:
        return standard_webhooks.is_signed(call, secret)

    def parse(self, call: Call) -> dict[str, Any]:
        return super().parse(call) if call.body else {}

    def read(self, call: Call, data: dict[str, Any]) -> Reading:  # noqa: ARG002  # all of it is in the body
        ref = text(data, "ref")
        if data.get("ref") is not None and not ref:
            raise Malformed
        # Silent about the branch: whatever it is, a look costs one round.
        changes = change(ref, text(data, "sha")) if ref else None
        return Reading(event="push", is_push=True, changes=changes)

    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:
        body = as_json({"ref": ref, "sha": commit})
        headers = standard_webhooks.signed_headers(secret, f"msg_{uuid.uuid4().hex}", now, body)
        return Sample(headers={"Content-Type": "application/json", **headers}, body=body)
