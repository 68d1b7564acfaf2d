"""
Times and durations in words, by the clock of whoever reads them: the one place that knows it.

Lists are dense, so what stands in them is short; the exact time, also as UTC, is in the title.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.utils import timezone

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_LATELY = 5  #: Seconds that still count as now.
_LONG_AGO_DAYS = 30  #: From here on the date says more than the number of days.
_LONGEST_NAME: Final = 64  #: Characters of the name of a time zone.

_reader: ContextVar[ZoneInfo | None] = ContextVar("jobyard_reader_zone", default=None)


@contextmanager
def for_reader_in(zone: ZoneInfo | None) -> Iterator[None]:
    """Tell times by the clock of *zone* while the block runs; None is the clock of the server."""
    token = _reader.set(zone)
    try:
        yield
    finally:
        _reader.reset(token)


def zone_of_reader() -> tzinfo:
    """Whose clock is followed."""
    return _reader.get() or timezone.get_default_timezone()


@lru_cache(maxsize=64)
def known_zone(name: str) -> ZoneInfo | None:
    """The time zone *name*, an IANA name; None for anything else, whoever sent it."""
    try:
        return ZoneInfo(name) if 0 < len(name) <= _LONGEST_NAME else None
    except (KeyError, ValueError, OSError):  # unknown, not the form of a name, the name of a folder
        return None


@lru_cache(maxsize=1)
def zone_names() -> list[str]:
    """All that people can choose, in order."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


def local(moment: datetime) -> datetime:
    """*moment* by the clock of the reader."""
    return moment.astimezone(zone_of_reader())


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
    return day(moment)


def stamp(moment: datetime) -> str:
    """``2026-03-01 10:00:00 CET``, by the clock of the reader."""
    return f"{local(moment):%Y-%m-%d %H:%M:%S %Z}"


def day(moment: datetime) -> str:
    """``2026-03-01``, by the clock of the reader."""
    return f"{local(moment):%Y-%m-%d}"


def utc(moment: datetime) -> str:
    """``2026-03-01 09:00:00 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def exact(moment: datetime) -> str:
    """``2026-03-01 10:00:00 CET (2026-03-01 09:00:00 UTC)``; once, where both are the same."""
    here, everywhere = stamp(moment), utc(moment)
    return here if here == everywhere else f"{here} ({everywhere})"


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


def run_length(asked: datetime, started: datetime | None, ended: datetime | None) -> timedelta:
    """How long a run took, or takes until now: without the wait before it began, which is no work of it."""
    return max((ended or timezone.now()) - (started or asked), timedelta())


def entered(text: str, zone: tzinfo) -> str:
    """A time that somebody entered by the clock of *zone*, with its offset; as it is if it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    return text if moment.tzinfo else moment.replace(tzinfo=zone).isoformat()


def for_entry(text: str) -> str:
    """A stored time as a field for times wants it: by the clock of the reader, without an offset."""
    try:
        moment = datetime.fromisoformat(text)
        here = local(moment) if moment.tzinfo else moment
    except (ValueError, OverflowError):  # no time at all, or one beyond the first or the last year
        return text
    return here.replace(tzinfo=None).isoformat(timespec="seconds")


def end_of_day(text: str) -> datetime | None:
    """
    The end of the day *text* (of a field for dates) by the clock of the reader; None for an empty field.

    Raises:
        ValueError: It is no date.
    """
    if not text:
        return None
    return datetime.strptime(text, "%Y-%m-%d").replace(hour=23, minute=59, second=59, tzinfo=zone_of_reader())
