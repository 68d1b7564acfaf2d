"""``celery.exceptions`` where Celery is not installed."""

from __future__ import annotations

from jobyard.errors import SoftTimeLimitExceeded

__all__ = ["SoftTimeLimitExceeded"]
