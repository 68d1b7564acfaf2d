"""One limit for all steps of an operation, however many calls it takes."""

from __future__ import annotations

import time


class Deadline:
    """A moment on the monotonic clock; jumps of the wall clock do not move it."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds  #: The whole limit, for messages.
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds that are left; never negative."""
        return max(0.0, self._end - time.monotonic())

    @property
    def has_passed(self) -> bool:
        return self.remaining() == 0.0
