"""Times and durations in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobyard_server.ui.moments import (
    ago,
    day,
    end_of_day,
    exact,
    for_entry,
    for_reader_in,
    known_zone,
    length,
    run_length,
    stamp,
)

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=4), "just now"),
        (timedelta(seconds=42), "42 s ago"),
        (timedelta(minutes=3, seconds=59), "3 min ago"),
        (timedelta(hours=5), "5 h ago"),
        (timedelta(hours=25), "1 day ago"),
        (timedelta(days=30), "30 days ago"),
        (timedelta(days=40), "2026-01-20"),
    ],
)
def test_ages(age, text):
    assert ago(NOW - age, NOW) == text


def test_exact_times_name_their_zone():
    assert exact(NOW) == "2026-03-01 09:00:00 UTC"


def test_times_follow_the_clock_of_the_reader():
    with for_reader_in(known_zone("America/New_York")):
        assert stamp(NOW) == "2026-03-01 04:00:00 EST"
        assert exact(NOW) == "2026-03-01 04:00:00 EST (2026-03-01 09:00:00 UTC)"
        assert ago(datetime(2026, 1, 1, 2, tzinfo=UTC), NOW) == "2025-12-31"

    assert stamp(NOW) == "2026-03-01 09:00:00 UTC"


def test_a_day_ends_by_the_clock_of_the_reader():
    with for_reader_in(known_zone("America/New_York")):
        end = end_of_day("2026-03-01")

        assert end == datetime(2026, 3, 2, 4, 59, 59, tzinfo=UTC)
        assert day(end) == "2026-03-01"
    assert end_of_day("2026-03-01") == datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    "name", ["", "Europe", "Mars/Base", "../../etc/passwd", "/etc/passwd", "x" * 65, "a\0b"]
)
def test_what_is_no_time_zone_is_none(name):
    assert known_zone(name) is None


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=-1), "0.00 s"),
        (timedelta(seconds=0.424), "0.42 s"),
        (timedelta(seconds=12.4), "12 s"),
        (timedelta(minutes=3, seconds=5), "3 min 5 s"),
        (timedelta(hours=2, minutes=4), "2 h 4 min"),
    ],
)
def test_spans(span, text):
    assert length(span) == text


def test_a_run_did_not_take_the_time_that_it_waited():
    asked, began, ended = (NOW + timedelta(seconds=wait) for wait in (0, 10, 12))

    assert run_length(asked, began, ended) == timedelta(seconds=2)
    assert run_length(asked, None, ended) == timedelta(seconds=12)


@pytest.mark.parametrize("text", ["", "soon", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_what_no_clock_shows_is_entered_again_as_it_is(text):
    with for_reader_in(known_zone("America/New_York")):
        assert for_entry(text) == text
