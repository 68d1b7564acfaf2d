"""Takes credentials out of log messages, before they are stored."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jobyard_server.runs.own_patterns import OwnPatterns
from jobyard_server.runs.spellings import SHORTEST, any_of, spellings

MARK = "(redacted)"

_URL_USER = re.compile(r"(?<=://)[^/\s:@]{1,200}(?::[^/\s@]{0,500})?@")
_NAMED = re.compile(r"(\b(?:password|passwd|pwd|secret|token)(?:\s*[:=]\s*|\s+is:?\s+))(\S+)", re.IGNORECASE)
_HINT = re.compile("://|pass|pwd|secret|token", re.IGNORECASE)  # cheap, and absent from most messages


class Redactor:
    """
    Knows the secret values of one run, and what credentials usually look like.

    Args:
        secrets: Values that are taken out wherever they stand, also in JSON, in addresses and in base64.
        patterns: Regular expressions in place of the usual ones. What a group called ``secret`` matches is
            taken out, of an expression without one all that it matches. What takes too long is withheld.
    """

    def __init__(self, secrets: Iterable[str] = (), patterns: Iterable[str] | None = None) -> None:
        self._words = {word for value in secrets if len(value) >= SHORTEST for word in spellings(value)}
        self._secrets = any_of(self._words)
        self._without_patterns = without_usual if patterns is None else OwnPatterns(patterns, MARK)

    def __call__(self, text: str) -> str:
        if self._secrets is not None:
            text = self._secrets.sub(MARK, text)
        return self._without_patterns(text)

    def without_begun(self, text: str) -> str:
        """*text*, which was cut off somewhere, without the beginning of a secret at its end."""
        longest = max(map(len, self._words), default=0)
        tail = text[-longest:] if longest else ""
        for start in range(len(tail) - SHORTEST + 1):
            if any(word.startswith(tail[start:]) for word in self._words):
                return text[: len(text) - len(tail) + start] + MARK
        return text


def without_usual(text: str) -> str:
    """*text* without what credentials usually look like."""
    if _HINT.search(text) is None:
        return text
    return _NAMED.sub(rf"\1{MARK}", _URL_USER.sub(f"{MARK}@", text))
