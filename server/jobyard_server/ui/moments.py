"""Times and durations in words: short, because they stand in dense lists; the exact time is in the title."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_LATELY = 5  #: Seconds that still count as now.
_LONG_AGO_DAYS = 30  #: From here on the date says more than the number of days.


def ago(moment: datetime, now: datetime | None = None) -> str:
    """``3 min ago``; a date when it is long ago."""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    if seconds < _LATELY:
        return "just now"
    if seconds < _MINUTE:
        return f"{int(seconds)} s ago"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min ago"
    if seconds < _DAY:
        return f"{int(seconds // _HOUR)} h ago"
    days = int(seconds // _DAY)
    if days <= _LONG_AGO_DAYS:
        return "1 day ago" if days == 1 else f"{days} days ago"
    return timezone.localtime(moment).strftime("%Y-%m-%d")


def exact(moment: datetime) -> str:
    """``2026-03-01 09:00:00 UTC``, in the time zone of the server."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S %Z")


def length(span: timedelta) -> str:
    """``0.42 s``, ``12 s``, ``3 min 5 s``, ``2 h 4 min``."""
    seconds = max(span.total_seconds(), 0)
    if seconds < 10:  # noqa: PLR2004  # two decimals help only while the number is small
        return f"{seconds:.2f} s"
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min {int(seconds % _MINUTE)} s"
    return f"{int(seconds // _HOUR)} h {int(seconds % _HOUR // _MINUTE)} min"
