"""The seam of all providers: one header, one algorithm, one reading of the body."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from jobyard_server.webhooks.calls import Call, Reading

ADDRESS, SECRET = "{address}", "{secret}"
_HEX = re.compile(r"[0-9a-f]{64}")


class Malformed(Exception):  # noqa: N818  # an event of the domain, not of the program
    """The body is not what this provider sends."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """A call as the provider would make it, for the test button."""

    headers: dict[str, str]
    body: bytes


class Provider(ABC):
    """
    How one forge signs and tells of pushes.

    A provider looks at exactly one header and knows one algorithm: some forges send the headers of
    others too, and taking whichever is present would let a caller choose the weakest.
    """

    event_header: ClassVar[str] = ""
    id_header: ClassVar[str] = ""
    kept_headers: ClassVar[tuple[str, ...]] = ()  #: Harmless ones, stored beside those two.
    hint: ClassVar[str]  #: Where to enter address and secret in the forge.
    #: What to enter there: the forge's own label, and a value, in which ADDRESS and SECRET stand for those.
    entries: ClassVar[tuple[tuple[str, str], ...]]

    @abstractmethod
    def is_genuine(self, call: Call, secret: str) -> bool:
        """Whether whoever made *call* knows *secret*; never raises."""

    @abstractmethod
    def read(self, call: Call, data: dict[str, Any]) -> Reading:
        """
        What the body says, whatever *data* holds.

        Raises:
            Malformed: It contradicts itself.
        """

    @abstractmethod
    def sample(self, ref: str, commit: str, secret: str, now: float) -> Sample:
        """A push of *ref*, signed."""

    def parse(self, call: Call) -> dict[str, Any]:
        """
        The body as an object.

        Raises:
            Malformed: It is none.
        """
        return json_object(call.body)

    def delivery_id(self, call: Call, data: dict[str, Any]) -> str:  # noqa: ARG002  # one provider has it in the body
        """The same for a repeated call; ``""`` when the sender gives none."""
        return call.headers.get(self.id_header, "") if self.id_header else ""


def json_object(body: bytes) -> dict[str, Any]:
    """
    Read JSON from a stranger.

    Raises:
        Malformed: It is no JSON, nested too deeply, has a number without end, or is no object.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Malformed from None
    if not isinstance(data, dict):
        raise Malformed
    return data


def is_hex_hmac(value: str, secret: str, body: bytes, *, prefix: str = "") -> bool:
    """Whether *value* is *prefix* and the HMAC-SHA256 of the raw *body* in 64 lower-case hex digits."""
    given = value.removeprefix(prefix) if value.startswith(prefix) else ""
    # Computed in any case, so that a malformed header takes as long as a wrong one.
    wanted = hex_hmac(secret, body)
    is_well_formed = _HEX.fullmatch(given) is not None
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode()) and is_well_formed


def hex_hmac(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def as_json(data: dict[str, Any]) -> bytes:
    return json.dumps(data).encode()
