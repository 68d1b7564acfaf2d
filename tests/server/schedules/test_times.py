"""When schedules are due, by the wall clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard_server.schedules.crontab import INVALID, InvalidCrontab, parse_crontab
from jobyard_server.schedules.times import NEVER_FIRES, Rule, check_crontab

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
EARLIEST, LATEST = datetime(2005, 1, 1), datetime(2035, 1, 1)  # noqa: DTZ001  # hypothesis wants them so
GAP_BERLIN, OVERLAP_BERLIN = (BERLIN, 2027, 3, 28), (BERLIN, 2026, 10, 25)
GAP_NEW_YORK, OVERLAP_NEW_YORK = (NEW_YORK, 2027, 3, 14), (NEW_YORK, 2026, 11, 1)


def times_on(day, crontab):
    """``HH:MM±HH`` of all times on a day of a zone."""
    zone = ZoneInfo(day[0])
    begin = datetime(*day[1:], tzinfo=zone)
    end = datetime(*day[1:], tzinfo=zone) + timedelta(days=1)
    rule = Rule(interval="custom", crontab=crontab, zone=zone)
    found = takewhile(lambda time: time < end, rule.times_after(begin - timedelta(microseconds=1)))
    return [f"{time.astimezone(zone):%H:%M%z}"[:8] for time in found]


@pytest.mark.parametrize("interval", ["hourly", "daily", "weekly"])
def test_the_first_time_is_the_start_although_that_has_a_part_of_a_second(interval):
    start = datetime(2026, 11, 27, 19, 35, 15, 430_000, tzinfo=UTC)
    rule = Rule(interval=interval, start=start, zone=ZoneInfo(BERLIN))

    assert rule.after(start - timedelta(days=1)) == start.replace(microsecond=0)


class TestF123ClockChanges:
    @pytest.mark.parametrize(
        ("day", "crontab", "times"),
        [
            (GAP_BERLIN, "30 2 * * *", ["03:00+02"]),
            (GAP_BERLIN, "15 2 * * *", ["03:00+02"]),
            (GAP_BERLIN, "*/30 2 * * *", ["03:00+02"]),
            (OVERLAP_BERLIN, "30 2 * * *", ["02:30+02"]),
            (OVERLAP_BERLIN, "15 2 * * *", ["02:15+02"]),
            (OVERLAP_BERLIN, "*/30 2 * * *", ["02:00+02", "02:30+02"]),
            (GAP_NEW_YORK, "30 2 * * *", ["03:00-04"]),
            (GAP_NEW_YORK, "15 2 * * *", ["03:00-04"]),
            (GAP_NEW_YORK, "*/30 2 * * *", ["03:00-04"]),
            (OVERLAP_NEW_YORK, "30 2 * * *", ["02:30-05"]),
            (OVERLAP_NEW_YORK, "15 2 * * *", ["02:15-05"]),
            (OVERLAP_NEW_YORK, "*/30 2 * * *", ["02:00-05", "02:30-05"]),
        ],
    )
    def test_f123_times_at_night(self, day, crontab, times):
        assert times_on(day, crontab) == times

    @pytest.mark.parametrize(
        ("day", "number"),
        [(GAP_BERLIN, 23), (OVERLAP_BERLIN, 24), (GAP_NEW_YORK, 23), (OVERLAP_NEW_YORK, 24)],
    )
    def test_f123_every_hour(self, day, number):
        assert len(times_on(day, "0 * * * *")) == number

    @pytest.mark.parametrize(
        ("interval", "expected"),
        [
            ("hourly", ["01:30+01:00", "03:00+02:00", "03:30+02:00"]),
            ("daily", ["01:30+01:00", "01:30+02:00", "01:30+02:00"]),
            ("weekly", ["01:30+01:00", "01:30+02:00", "01:30+02:00"]),
            ("future", ["01:30+01:00"]),
        ],
    )
    def test_f123_intervals_follow_the_wall_clock(self, interval, expected):
        zone = ZoneInfo(BERLIN)
        start = datetime(2027, 3, 28, 1, 30, tzinfo=zone)
        rule = Rule(interval=interval, start=start, zone=zone)

        found = [time.astimezone(zone) for time in islice(rule.times_after(start - timedelta(days=1)), 3)]

        assert [time.isoformat()[11:16] + time.isoformat()[19:] for time in found] == expected


class TestIntervals:
    start = datetime(2026, 3, 2, 9, 15, 20, tzinfo=UTC)

    def test_a_schedule_keeps_the_second_of_its_start(self):
        rule = Rule(interval="hourly", start=self.start, zone=ZoneInfo("UTC"))

        assert rule.after(self.start) == self.start + timedelta(hours=1)
        assert rule.after(self.start - timedelta(days=3)) == self.start

    def test_one_time_is_over_after_it(self):
        rule = Rule(interval="future", start=self.start, zone=ZoneInfo("UTC"))

        assert rule.after(self.start - timedelta(seconds=1)) == self.start
        assert rule.after(self.start) is None

    def test_people_see_the_next_ten_with_offsets(self):
        rule = Rule(interval="custom", crontab="0 3 * * *", zone=ZoneInfo(BERLIN))

        shown = rule.next_ten(datetime(2026, 10, 20, tzinfo=UTC))

        assert len(shown) == 10
        assert {time.utcoffset() for time in shown} == {timedelta(hours=1), timedelta(hours=2)}

    def test_the_end_of_the_calendar_is_an_end(self):
        rule = Rule(interval="custom", crontab="0 0 1 1 *", zone=ZoneInfo("UTC"))

        assert list(rule.times_after(datetime(9997, 6, 1, tzinfo=UTC))) == [datetime(9998, 1, 1, tzinfo=UTC)]

    def test_29_february_is_found_across_a_century(self):
        rule = Rule(interval="custom", crontab="0 0 29 2 *", zone=ZoneInfo("UTC"))

        assert rule.after(datetime(2096, 3, 1, tzinfo=UTC)) == datetime(2104, 2, 29, tzinfo=UTC)


class TestF124Crontabs:
    @pytest.mark.parametrize(
        "text",
        [
            *("", "* * * *", "* * * * * *", "@reboot", "@daily", "60 * * * *", "*/0 * * * *", "every day"),
            *("5-1 * * * *", "*-3 * * * *", "0 0 * JAN *", "0 0 * * MON", "0 0 L * *", "1,,2 * * * *"),
            *("-1 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 32 * *", "0 0 * 13 *", "0 0 * * 8"),
            *("٣ * * * *", "* " * 500),
        ],
    )  # fmt: skip
    def test_f124_what_is_no_crontab(self, text):
        with pytest.raises(InvalidCrontab, match=INVALID):
            check_crontab(text)

    @pytest.mark.parametrize("text", ["0 0 30 2 *", "0 0 31 2,4,6 *"])
    def test_f124_what_never_fires(self, text):
        with pytest.raises(InvalidCrontab, match=NEVER_FIRES):
            check_crontab(text)

    def test_either_kind_of_day_is_enough_when_both_are_restricted(self):
        crontab = parse_crontab("0 0 13 * 5")

        assert crontab.allows(6, 13, 1)
        assert crontab.allows(6, 5, 5)
        assert not crontab.allows(6, 5, 1)

    def test_sunday_has_two_numbers(self):
        assert parse_crontab("0 0 * * 7") == parse_crontab("0 0 * * 0")

    def test_steps_count_from_the_first(self):
        assert parse_crontab("5/20 1-7/3 * * *").minutes == (5, 25, 45)
        assert parse_crontab("5/20 1-7/3 * * *").hours == (1, 4, 7)


@given(
    zone=st.sampled_from([BERLIN, NEW_YORK, "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "UTC"]),
    moment=st.datetimes(EARLIEST, LATEST),
    crontab=st.sampled_from(["*/7 * * * *", "30 2 * * *", "0 0 * * *", "15 */3 1,15 * *", "59 23 * * 6"]),
)
def test_times_come_in_order_and_never_twice(zone, moment, crontab):
    rule = Rule(interval="custom", crontab=crontab, zone=ZoneInfo(zone))
    since = moment.replace(tzinfo=UTC)

    times = list(islice(rule.times_after(since), 30))

    assert all(time > since for time in times)
    assert times == sorted(set(times))
    assert list(islice(rule.times_after(times[4]), 25)) == times[5:]
