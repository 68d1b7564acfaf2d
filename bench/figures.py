"""Samples, their percentiles, and a table fit for a commit message."""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table."""

    what: str
    samples: list[float]
    unit: str = "s"
    compared: str = "-"  #: The same work by Nautobot 1.6.32 / 3.2.7 on a machine of this size.

    def percentile(self, share: float) -> float:
        ordered = sorted(self.samples)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def ratios(self) -> str:
        """How many times the compared work took as long."""
        numbers = [text.strip() for text in self.compared.split("/")]
        return " / ".join(_ratio(text, self.median) for text in numbers) if self.samples else "-"


def repeat(times: int, measure: Callable[[int], float]) -> list[float]:
    """*measure*, called with 0, 1, 2, … after one call that does not count."""
    measure(-1)
    return [measure(number) for number in range(times)]


@contextmanager
def measuring_folder() -> Iterator[Path]:
    """A folder for installations, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="jobyard-bench-"))
    folder.chmod(0o711)  # the account of the database must get through when this runs as root
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def print_as_measured(figures: Iterable[Figure]) -> None:
    """Tell of each one as it comes; the table at the end has also what came before a failure."""
    measured = []
    try:
        for figure in figures:
            print(f"{figure.what} …", file=sys.stderr, flush=True)
            measured.append(figure)
    finally:
        print(table(measured) if measured else "nothing was measured")


def table(figures: list[Figure]) -> str:
    head = ("what", "median", "p95", "min", "max", "n", "compared", "times")
    rows = [head, *(_row(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines)


def _row(figure: Figure) -> tuple[str, ...]:
    values = (figure.median, figure.percentile(0.95), min(figure.samples), max(figure.samples))
    shown = (_shown(value, figure.unit) for value in values)
    return (figure.what, *shown, str(len(figure.samples)), figure.compared, figure.ratios)


def _shown(value: float, unit: str) -> str:
    if unit == "s":
        return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"
    return f"{value:.1f} {unit}" if value < 10 else f"{value:.0f} {unit}"


def _ratio(text: str, measured: float) -> str:
    try:
        return f"{float(text) / measured:.0f}"
    except ValueError:
        return "-"
