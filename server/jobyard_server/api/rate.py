"""
The rate limit of API tokens: a bucket for each that fills evenly and holds a minute's worth of requests.

It lives in the memory of the web process, because a limit against overload must not itself ask the database.
"""

from __future__ import annotations

import math
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings
from rest_framework.exceptions import Throttled

from jobyard_server.access.models import Token

MINUTE: Final = 60.0
MOST_KEPT: Final = 10_000  #: Buckets in memory; full ones are forgotten first.


@dataclass
class _Bucket:
    left: float
    filled_at: float


@dataclass
class RateLimit:
    """Buckets of *per_minute* requests each."""

    clock: Callable[[], float] = time.monotonic
    _buckets: dict[uuid.UUID, _Bucket] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def seconds_to_wait(self, key: uuid.UUID, per_minute: int) -> float:
        """Take one request out of the bucket of *key*; 0, or the time until there is one again."""
        now, rate = self.clock(), per_minute / MINUTE
        with self._lock:
            bucket = self._buckets.setdefault(key, _Bucket(per_minute, now))
            bucket.left = min(per_minute, bucket.left + (now - bucket.filled_at) * rate)
            bucket.filled_at = now
            if len(self._buckets) > MOST_KEPT:
                self._forget_full(now, per_minute)
            if bucket.left < 1:
                return (1 - bucket.left) / rate
            bucket.left -= 1
            return 0.0

    def _forget_full(self, now: float, per_minute: int) -> None:
        rate = per_minute / MINUTE
        self._buckets = {
            key: bucket
            for key, bucket in self._buckets.items()
            if bucket.left + (now - bucket.filled_at) * rate < per_minute
        }


_limit = RateLimit()


def take_turn(token: Token) -> None:
    """
    Let *token* make one request.

    Raises:
        Throttled: It made too many; the answer says when to try again.
    """
    per_minute: int = settings.JOBYARD["API_RATE"]
    if per_minute and (wait := _limit.seconds_to_wait(token.pk, per_minute)):
        raise Throttled(math.ceil(wait), f"This token may make {per_minute} requests in a minute.")
