"""What a check of `jobyard doctor` has to say."""

from __future__ import annotations

from dataclasses import dataclass

OK, NOTE, WRONG = "ok", "note", "wrong"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One line for people."""

    level: str  #: ``ok``, ``note`` (works, but should be known) or ``wrong`` (something does not work).
    text: str  #: What was found.
    remedy: str = ""  #: What to do; empty when all is well.

    def __str__(self) -> str:
        return f"{self.level:<6} {self.text}{f' — {self.remedy}' if self.remedy else ''}"


def ok(text: str) -> Finding:
    return Finding(level=OK, text=text)


def note(text: str, remedy: str = "") -> Finding:
    return Finding(level=NOTE, text=text, remedy=remedy)


def wrong(text: str, remedy: str) -> Finding:
    return Finding(level=WRONG, text=text, remedy=remedy)
