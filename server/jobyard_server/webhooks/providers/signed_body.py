"""Forges that sign the body in one header and name the event in another, as GitHub began to."""

from __future__ import annotations

import uuid
from abc import abstractmethod
from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call
from jobyard_server.webhooks.providers.base import Provider, Sample, as_json, hex_hmac, is_hex_hmac


class SignedBody(Provider):
    """HMAC-SHA256 in hex digits."""

    push_event: ClassVar[str]  #: What ``event_header`` says of a push.
    signature_header: ClassVar[str]
    signature_prefix: ClassVar = "sha256="

    @abstractmethod
    def push(self, ref: str, commit: str) -> dict[str, Any]:
        """The body of a push, as far as ``read`` looks at it."""

    def is_genuine(self, call: Call, secret: str) -> bool:
        signature = call.headers.get(self.signature_header, "")
        return is_hex_hmac(signature, secret, call.body, prefix=self.signature_prefix)

    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:  # noqa: ARG002  # it signs no time
        body = as_json(self.push(ref, commit))
        headers = {
            "Content-Type": "application/json",
            self.event_header: self.push_event,
            self.id_header: str(uuid.uuid4()),
            self.signature_header: f"{self.signature_prefix}{hex_hmac(secret, body)}",
        }
        return Sample(headers=headers, body=body)
