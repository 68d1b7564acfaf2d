"""What somebody wants to be scheduled: read and checked field by field, the same for REST and forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from jobyard_server.schedules.crontab import INVALID, InvalidCrontab
from jobyard_server.schedules.errors import InvalidSchedule
from jobyard_server.schedules.times import CUSTOM, IMMEDIATELY, INTERVALS, Rule, check_crontab

NAME_MISSING = "Please provide a name for the job schedule."
START_INVALID = "Please enter a valid date and time greater than or equal to the current date and time."
ZONE_UNKNOWN = "Use the name of a time zone, such as Europe/Berlin."
LEAST_AHEAD = timedelta(seconds=15)
_LONGEST_NAME = 255
_LAST_YEAR = 9998  #: The calendar ends a year later, and times shall be shown in any zone.


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A schedule that makes sense."""

    name: str
    interval: str
    start_time: datetime | None
    crontab: str
    time_zone: str

    @property
    def rule(self) -> Rule:
        zone = ZoneInfo(self.time_zone)
        return Rule(interval=self.interval, start=self.start_time, crontab=self.crontab, zone=zone)


def read_wish(sent: Any, *, now: datetime | None = None) -> Wish | None:
    """
    What *sent* asks for; None when it is nothing but a run now.

    Args:
        sent: ``{interval, name, start_time, crontab, time_zone}`` as it came, or None.
        now: Time of the request.

    Raises:
        InvalidSchedule: Messages by field.
    """
    if sent is None:
        return None
    if not isinstance(sent, Mapping):
        raise InvalidSchedule({"non_field_errors": ["Invalid data. Expected a dictionary."]})
    interval = _interval(sent.get("interval"))
    return None if interval == IMMEDIATELY else _Reader(sent, interval, now or timezone.now()).read()


def immediately(name: str, now: datetime) -> Wish:
    """What a run that needs an approval becomes."""
    zone = settings.TIME_ZONE
    return Wish(name=name, interval=IMMEDIATELY, start_time=now, crontab="", time_zone=zone)


def _interval(value: Any) -> str:
    if value is None or value == "":
        raise InvalidSchedule({"interval": ["This field is required."]})
    if value not in INTERVALS:
        raise InvalidSchedule({"interval": [f'"{str(value)[:100]}" is not a valid choice.']})
    return str(value)


class _Reader:
    """Collects what is wrong, so that one answer names it all."""

    def __init__(self, sent: Mapping[str, Any], interval: str, now: datetime) -> None:
        self._sent = sent
        self._interval = interval
        self._now = now
        self._errors: dict[str, list[str]] = {}

    def read(self) -> Wish:
        is_custom = self._interval == CUSTOM
        zone = self._zone()
        wish = Wish(
            name=self._name(),
            interval=self._interval,
            start_time=None if is_custom and not self._sent.get("start_time") else self._start(zone),
            crontab=self._crontab() if is_custom else "",
            time_zone=zone.key,
        )
        if self._errors:
            raise InvalidSchedule(self._errors)
        return wish

    def _name(self) -> str:
        name = self._text("name")
        if not name:
            self._errors["name"] = [NAME_MISSING]
        elif len(name) > _LONGEST_NAME:
            self._errors["name"] = [f"Ensure this field has no more than {_LONGEST_NAME} characters."]
        return name

    def _start(self, zone: ZoneInfo) -> datetime | None:
        try:
            found = parse_datetime(self._text("start_time"))
        except ValueError:
            found = None
        if found is not None and found.tzinfo is None:
            found = found.replace(tzinfo=zone)
        if found is None or found.year > _LAST_YEAR or found < self._now + LEAST_AHEAD:
            self._errors["start_time"] = [START_INVALID]
            return None
        return found

    def _crontab(self) -> str:
        text = " ".join(self._text("crontab").split())
        try:
            check_crontab(text)
        except InvalidCrontab as exc:
            self._errors["crontab"] = [INVALID] if str(exc) == INVALID else [f"{INVALID} {exc}"]
        return text

    def _zone(self) -> ZoneInfo:
        name = self._text("time_zone") or settings.TIME_ZONE
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, LookupError):  # ZoneInfoNotFoundError is a LookupError
            self._errors["time_zone"] = [ZONE_UNKNOWN]
            return ZoneInfo(settings.TIME_ZONE)

    def _text(self, name: str) -> str:
        value = self._sent.get(name)
        return value.replace("\x00", "").strip() if isinstance(value, str) else ""
