"""
Regular expressions of the operator, within a limit of time: one that backtracks for ever stops no worker.

What could not be searched in time is withheld as a whole: a text that was not looked through may hold what
the expression was written for. Python's own engine knows no limit; this one is loaded where it is used.

Source: security.md SR-03.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import regex

LIMIT: Final = 0.5  #: Seconds of computing for one expression and one text.
PER_CHARACTER: Final = 1e-6  #: Added for long ones.
MOST_LATE: Final = 5  #: Texts of one run that may come too late; the rest is not searched any more.
WITHHELD: Final = "(withheld: an expression of JOBYARD_LOG_REDACTION_PATTERNS takes too long for this text)"


def compiled(text: str) -> regex.Pattern[str]:
    """
    The expression *text*.

    Raises:
        ValueError: It is none.
    """
    import regex  # noqa: PLC0415  # see above

    try:
        return regex.compile(text)
    except regex.error as exc:
        raise ValueError(f"{text!r} is no regular expression ({exc})") from None


class OwnPatterns:
    """The expressions of one run; of a match the group ``secret`` becomes *mark*, or else all of it."""

    def __init__(self, texts: Iterable[str], mark: str) -> None:
        self._patterns = [compiled(text) for text in texts]
        self._mark = mark
        self._late = 0

    def __call__(self, text: str) -> str:
        if self._late >= MOST_LATE:
            return WITHHELD
        limit = LIMIT + len(text) * PER_CHARACTER
        try:
            for pattern in self._patterns:
                text = pattern.sub(self._marked, text, timeout=limit)
        except TimeoutError:
            self._late += 1
            return WITHHELD
        return text

    def _marked(self, found: regex.Match[str]) -> str:
        group = "secret" if "secret" in found.re.groupindex else 0
        if found[group] is None:
            return str(found[0])
        start, end = (place - found.start() for place in found.span(group))
        return f"{found[0][:start]}{self._mark}{found[0][end:]}"
