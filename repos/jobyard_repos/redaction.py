"""Take credentials out of text that came from git or from a server, before anyone sees it."""

from __future__ import annotations

import re

HIDDEN = "********"
KEPT_BYTES = 2048  #: So much of foreign output is kept at most.

_USERINFO = re.compile(r"(?<=://)[^/\s@]*@")
_AUTHORIZATION = re.compile(r"(?i)(authorization\s*[:=]\s*)(?:(?:basic|bearer|token|digest)\s+)?\S+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def redact(output: bytes, secrets: tuple[str, ...] = ()) -> str:
    """
    The end of *output* as harmless text.

    Args:
        output: Bytes of a foreign program; undecodable ones are replaced, control characters too.
        secrets: Values that must not be seen; the empty one is ignored.
    """
    text = output.decode(errors="replace")
    # Secrets first: cutting the text before could leave the half of one.
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = _USERINFO.sub(f"{HIDDEN}@", text)
    text = _AUTHORIZATION.sub(rf"\1{HIDDEN}", text)
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)[-KEPT_BYTES:].strip()
