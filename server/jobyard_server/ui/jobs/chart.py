"""How long the newest runs of a job took and how they ended: bars of an SVG, and the same in words."""

from __future__ import annotations

import math
import statistics
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import QuerySet

from jobyard import statuses
from jobyard_server.runs.models import JobResult
from jobyard_server.ui import moments
from jobyard_server.ui.links import result_url
from jobyard_server.ui.words import status_word

MOST: Final = 60  #: Bars.
STEP: Final = 12  #: Units of the drawing from bar to bar.
WIDTH: Final = 9  #: Of a bar.
HEIGHT: Final = 100  #: Of the tallest bar.
LEAST: Final = 3  #: Height of a bar that would be too low to be seen.
WIDE_RANGE: Final = 50.0  #: Longest to median: beyond it, the heights are logarithms.


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A run."""

    x: int
    y: int
    height: int
    status: str
    title: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    """The bars, oldest first, and what they say."""

    bars: list[Bar]
    width: int
    height: int
    longest: str
    median: str
    completed_share: str  #: ``92 %``
    counts: list[tuple[str, int]]  #: Status and number, most frequent first.
    is_logarithmic: bool

    @property
    def count(self) -> int:
        return len(self.bars)


def chart_of(runs: QuerySet[JobResult]) -> Chart | None:
    """The chart of the newest of *runs* that have ended; None when there are none."""
    ended = runs.filter(completed__isnull=False).order_by("-completed")
    rows = list(ended.values_list("pk", "status", "started", "created", "completed")[:MOST])[::-1]
    return draw(rows) if rows else None


def draw(rows: Sequence[tuple[Any, ...]]) -> Chart:
    """The chart of *rows*, oldest first: key, status, start, acceptance, end."""
    spans = [
        moments.run_length(created, started, completed).total_seconds()
        for _pk, _status, started, created, completed in rows
    ]
    longest, median = max(spans), statistics.median(spans)
    is_logarithmic = longest > WIDE_RANGE * max(median, 0.001)
    heights = [_height(span, longest, is_logarithmic=is_logarithmic) for span in spans]
    counts = Counter(status for _pk, status, *_times in rows)
    return Chart(
        bars=[
            _bar(number, row[0], row[1], span, height)
            for number, (row, span, height) in enumerate(zip(rows, spans, heights, strict=True))
        ],
        width=max(len(rows), MOST // 2) * STEP,
        height=HEIGHT,
        longest=moments.length(timedelta(seconds=longest)),
        median=moments.length(timedelta(seconds=median)),
        completed_share=f"{100 * counts[statuses.COMPLETED] // len(rows)} %",
        counts=counts.most_common(),
        is_logarithmic=is_logarithmic,
    )


def _bar(number: int, key: uuid.UUID, status: str, span: float, height: int) -> Bar:
    took = moments.length(timedelta(seconds=span))
    return Bar(
        x=number * STEP,
        y=HEIGHT - height,
        height=height,
        status=status,
        title=f"{status_word(status)} after {took}",
        url=result_url(key),
    )


def _height(span: float, longest: float, *, is_logarithmic: bool) -> int:
    if not longest:
        return LEAST
    share = math.log1p(span * 1000) / math.log1p(longest * 1000) if is_logarithmic else span / longest
    return max(round(share * HEIGHT), LEAST)
