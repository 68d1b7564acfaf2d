"""Times and durations in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jobyard_server.ui.moments import ago, exact, length

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
