"""
When a schedule is due: pure functions over the minutes of a local clock.

The wall clock decides, not the hours that pass: a local time that is skipped when the clock goes forward
becomes the first minute after the gap, one that comes twice is its first occurrence, and equal instants
are one occurrence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from jobyard_server.schedules.crontab import Crontab, InvalidCrontab, parse_crontab

IMMEDIATELY, FUTURE, HOURLY, DAILY, WEEKLY, CUSTOM = INTERVALS = (
    *("immediately", "future", "hourly"),
    *("daily", "weekly", "custom"),
)
ONE_OFF = (IMMEDIATELY, FUTURE)
NEVER_FIRES = "This crontab names no day that ever comes; check its day and month."
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_JUST_BEFORE = timedelta(microseconds=1)
_LAST_YEAR = 9998  #: Python's calendar ends a year later.
_DAYS_TO_LOOK = 8 * 366 + 1  #: 29 February is rare, but not rarer than this (1896, 1904).


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The times of a schedule."""

    interval: str  #: One of INTERVALS.
    start: datetime | None = None  #: First time, with zone; needed by all but ``custom``.
    crontab: str = ""  #: Of ``custom``.
    zone: ZoneInfo  #: Whose wall clock is followed.

    def after(self, moment: datetime) -> datetime | None:
        """The first time later than *moment*, in UTC; None when there is none any more."""
        return next(self.times_after(moment), None)

    def next_ten(self, moment: datetime) -> list[datetime]:
        """What people are shown: up to ten times later than *moment*, in the local clock."""
        return [time.astimezone(self.zone) for time in islice(self.times_after(moment), 10)]

    def times_after(self, moment: datetime) -> Iterator[datetime]:
        """All times later than *moment*, in UTC and in order; endless where the rule is."""
        if self.interval in ONE_OFF:
            return iter([self._start] if self._start > moment else [])
        # A part of a second would put the first time of a rule, a whole one, before the start.
        since = (
            moment if self.start is None else max(moment, self._start.replace(microsecond=0) - _JUST_BEFORE)
        )
        return _times_of(self._crontab(), self._second, since.astimezone(self.zone), self.zone)

    @property
    def _start(self) -> datetime:
        assert self.start is not None  # noqa: S101  # validated where rules are made
        return self.start.astimezone(UTC)

    @property
    def _second(self) -> int:
        return 0 if self.start is None or self.interval == CUSTOM else self.start.second

    def _crontab(self) -> Crontab:
        if self.interval == CUSTOM:
            return parse_crontab(self.crontab)
        local = self._start.astimezone(self.zone)
        hour = "*" if self.interval == HOURLY else local.hour
        weekday = local.isoweekday() if self.interval == WEEKLY else "*"
        return parse_crontab(f"{local.minute} {hour} * * {weekday}")


def check_crontab(text: str) -> None:
    """
    Refuse what is no crontab, and what never comes true.

    Raises:
        InvalidCrontab: With the sentence for the field.
    """
    crontab = parse_crontab(text)
    if next(_days(crontab, date(1896, 1, 1)), None) is None:  # a day of the calendar, no instant
        raise InvalidCrontab(NEVER_FIRES)


def _times_of(crontab: Crontab, second: int, since: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    last = since.astimezone(UTC)
    # A day earlier: a skipped time can fall on the day after its label.
    for day in _days(crontab, since.date() - _DAY):
        for label in _labels(crontab, day, second):
            instant = _instant(label, zone)
            if instant > last:
                last = instant
                yield instant


def _days(crontab: Crontab, first: date) -> Iterator[date]:
    """Days that match, from *first* on, until none came for longer than any can be apart."""
    day, looked = first, 0
    while looked < _DAYS_TO_LOOK and day.year <= _LAST_YEAR:
        looked += 1
        if crontab.allows(day.month, day.day, day.isoweekday() % 7):
            looked = 0
            yield day
        day += _DAY


def _labels(crontab: Crontab, day: date, second: int) -> Iterator[datetime]:
    for hour in crontab.hours:
        for minute in crontab.minutes:
            yield datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001  # a label, no instant


def _instant(label: datetime, zone: ZoneInfo) -> datetime:
    instant = label.replace(tzinfo=zone).astimezone(UTC)
    if _exists(label, instant, zone):
        return instant
    before = label.replace(second=0)
    while not _exists(before, found := before.replace(tzinfo=zone).astimezone(UTC), zone):
        before -= _MINUTE
    return found + _MINUTE


def _exists(label: datetime, instant: datetime, zone: ZoneInfo) -> bool:
    """A label that the clock skips does not come back as itself."""
    return instant.astimezone(zone).replace(tzinfo=None) == label
