"""What was left out of a snapshot and why, for people; never more than fits on a page."""

from __future__ import annotations

from jobyard_repos.paths import shown

_MOST = 100


class Notes:
    """Collects notes; from the hundredth on it only counts."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._more = 0

    def left_out(self, path: str, reason: str) -> None:
        """A file that the snapshot lacks."""
        self._add(f"{shown(path)} is left out: {reason}.")

    def unusual(self, path: str, what: str) -> None:
        """A file that is there, but perhaps not as its author meant."""
        self._add(f"{shown(path)} {what}.")

    def _add(self, text: str) -> None:
        if len(self._texts) < _MOST:
            self._texts.append(text)
        else:
            self._more += 1

    @property
    def texts(self) -> list[str]:
        more = [f"There are {self._more} more notes like these."] if self._more else []
        return [*self._texts, *more]
