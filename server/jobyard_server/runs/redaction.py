"""Takes credentials out of log messages, before they are stored."""

from __future__ import annotations

import re
from collections.abc import Iterable

MARK = "(redacted)"
SHORTEST_SECRET = 4  #: Shorter values would take honest text away.

_URL_USER = re.compile(r"(?<=://)[^/\s:@]{1,200}(?::[^/\s@]{0,500})?@")
_NAMED = re.compile(r"(\b(?:password|passwd|pwd|secret|token)(?:\s*[:=]\s*|\s+is:?\s+))(\S+)", re.IGNORECASE)
_HINT = re.compile("://|pass|pwd|secret|token", re.IGNORECASE)  # cheap, and absent from most messages


class Redactor:
    """Knows the secret values of one run, and what credentials usually look like."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        values = sorted({value for value in secrets if len(value) >= SHORTEST_SECRET}, key=len, reverse=True)
        self._secrets = re.compile("|".join(re.escape(value) for value in values)) if values else None

    def __call__(self, text: str) -> str:
        if self._secrets is not None:
            text = self._secrets.sub(MARK, text)
        if _HINT.search(text) is None:
            return text
        return _NAMED.sub(rf"\1{MARK}", _URL_USER.sub(f"{MARK}@", text))
