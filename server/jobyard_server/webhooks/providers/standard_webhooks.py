"""The signature of Standard Webhooks: over id, time and body, for a few minutes only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re

from jobyard_server.webhooks.calls import Call

ID, TIME, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
TOLERANCE_SECONDS = 300.0
_SECRET_PREFIX = "whsec_"  # noqa: S105  # what marks a key in base64
_SECONDS = re.compile(r"[0-9]{9,11}")
_MOST_SIGNATURES = 10


def is_signed(call: Call, secret: str) -> bool:
    """Whether one of the signatures of *call* was made with *secret*, and just now; never raises."""
    stamp, message_id = call.headers.get(TIME, ""), call.headers.get(ID, "")
    wanted = signature(secret, message_id, stamp, call.body).encode()
    given = call.headers.get(SIGNATURE, "").split(" ")[:_MOST_SIGNATURES]
    # All of them are compared, so that the place of the right one does not show in the time.
    matches = [hmac.compare_digest(one.encode("utf-8", "replace"), wanted) for one in given]
    return any(matches) and bool(message_id) and _is_now(stamp, call.received_at)


def signed_headers(secret: str, message_id: str, now: float, body: bytes) -> dict[str, str]:
    """What a sender puts on *body*."""
    stamp = str(int(now))
    return {ID: message_id, TIME: stamp, SIGNATURE: signature(secret, message_id, stamp, body)}


def signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    message = f"{message_id}.{stamp}.".encode("utf-8", "replace") + body
    return f"v1,{base64.b64encode(hmac.digest(_key(secret), message, hashlib.sha256)).decode()}"


def _key(secret: str) -> bytes:
    if not secret.startswith(_SECRET_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True) or secret.encode()
    except binascii.Error:
        return secret.encode()


def _is_now(stamp: str, now: float) -> bool:
    return _SECONDS.fullmatch(stamp) is not None and abs(now - int(stamp)) <= TOLERANCE_SECONDS
