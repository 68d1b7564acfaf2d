"""A log line for refused calls, but not one for each: a flood must not fill the disk."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

LINES = 5.0  #: At once from one address.
SECONDS_PER_LINE = 10.0  #: After that.
_MOST_ADDRESSES = 1000


class LogBudget:
    """A token bucket for each address, for the line only; the check of a call is never skipped."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # lines left, when
        self._lock = threading.Lock()

    def allows(self, address: str) -> bool:
        """Whether a line about *address* may be written now."""
        now = time.monotonic()
        with self._lock:
            left, since = self._buckets.pop(address, (LINES, now))
            left = min(LINES, left + (now - since) / SECONDS_PER_LINE)
            is_fine = left >= 1
            self._buckets[address] = (left - is_fine, now)
            if len(self._buckets) > _MOST_ADDRESSES:
                self._buckets.popitem(last=False)
        return is_fine
