"""Named moments at which something has to happen."""

from __future__ import annotations

import time


class Deadlines:
    """By the monotonic clock. A duration of 0 means never."""

    def __init__(self) -> None:
        self._at: dict[str, float] = {}

    def set(self, name: str, seconds: float) -> None:
        if seconds > 0:
            self._at[name] = time.monotonic() + seconds

    def set_at(self, name: str, moment: float) -> None:
        self._at[name] = moment

    def clear(self) -> None:
        self._at.clear()

    @property
    def next(self) -> float | None:
        return min(self._at.values(), default=None)

    def moment(self, name: str) -> float | None:
        return self._at.get(name)

    def take_passed(self) -> list[str]:
        """The names whose moment has come, each of them once, the earliest first."""
        now = time.monotonic()
        passed = [name for name, moment in self._at.items() if moment <= now]
        passed.sort(key=self._at.__getitem__)
        for name in passed:
            del self._at[name]
        return passed
