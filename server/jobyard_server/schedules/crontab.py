"""A crontab of five fields: which minutes of a local clock it names, whatever the zone."""

from __future__ import annotations

import re
from dataclasses import dataclass

INVALID = "Please enter a valid crontab."
_PART = re.compile(r"(?P<first>\*|\d{1,2})(?:-(?P<last>\d{1,2}))?(?:/(?P<step>\d{1,2}))?", re.ASCII)
_MOST_CHARACTERS = 200
_SUNDAY, _SUNDAY_TOO = 0, 7


class InvalidCrontab(ValueError):  # noqa: N818  # an event of the domain
    """The text is no crontab, or names no minute that ever comes."""

    def __init__(self, problem: str = INVALID) -> None:
        super().__init__(problem)


@dataclass(frozen=True, kw_only=True)
class Crontab:
    """The values that each field allows. Days of week: 0 is Sunday."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either_day: bool  #: Day of month and day of week are both restricted: one of them is enough.

    def allows(self, month: int, day: int, weekday: int) -> bool:
        """Whether a day (*weekday*: 0 is Sunday) is one of those named."""
        if month not in self.months:
            return False
        if self.either_day:
            return day in self.days or weekday in self.weekdays
        return day in self.days and weekday in self.weekdays


def parse_crontab(text: str) -> Crontab:
    """
    Read ``minute hour day month weekday``, each of ``* , - /`` and numbers.

    Raises:
        InvalidCrontab: With the sentence for the field.
    """
    fields = text.split()
    if len(fields) != 5 or len(text) > _MOST_CHARACTERS:  # noqa: PLR2004  # the number of fields of a crontab
        raise InvalidCrontab
    minutes, hours = _values(fields[0], 0, 59), _values(fields[1], 0, 23)
    days, months = _values(fields[2], 1, 31), _values(fields[3], 1, 12)
    weekdays = {_SUNDAY if day == _SUNDAY_TOO else day for day in _values(fields[4], 0, _SUNDAY_TOO)}
    return Crontab(
        minutes=tuple(sorted(minutes)),
        hours=tuple(sorted(hours)),
        days=frozenset(days),
        months=frozenset(months),
        weekdays=frozenset(weekdays),
        either_day=not fields[2].startswith("*") and not fields[4].startswith("*"),
    )


def _values(field: str, least: int, most: int) -> set[int]:
    return {value for part in field.split(",") for value in _values_of_part(part, least, most)}


def _values_of_part(part: str, least: int, most: int) -> range:
    found = _PART.fullmatch(part)
    if found is None:
        raise InvalidCrontab
    is_any, last, step = found["first"] == "*", found["last"], int(found["step"] or 1)
    if is_any and last is not None:
        raise InvalidCrontab
    first = least if is_any else int(found["first"])
    # `5/10` means from 5 on, as cron has it.
    end = int(last) if last is not None else (most if is_any or found["step"] else first)
    if step < 1 or not least <= first <= end <= most:
        raise InvalidCrontab
    return range(first, end + 1, step)
