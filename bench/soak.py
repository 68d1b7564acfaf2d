"""
``python -m bench.soak [--runs N]``: what grows with the number of runs, of a whole installation.

Descriptors, threads, memory of the parts that stay, files of the data folder, connections and processes are
counted after a tenth of the runs and after each further tenth; the slope is what one run leaves behind.

Source: faults.md F203, P14.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.e2e.installation import TOKEN, Installation, children_of

from bench.client import Client
from bench.figures import measuring_folder
from bench.load import runs_per_second
from bench.memory import proportional_mib

STEPS, CLIENTS = 10, 8
NOTHING = """
from jobyard import Job


class Nothing(Job):
    class Meta:
        has_sensitive_variables = False

    def run(self, data, commit):
        self.log_info(message="one line")
"""
PATH = "local/nothing/Nothing"

Counts = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    runs = parser.parse_args().runs
    with measuring_folder() as folder:
        installation = Installation(folder / "soak")
        installation.start()
        try:
            for line in _report(list(_measure(installation, runs)), runs // STEPS):
                print(line)
        finally:
            installation.stop()


def _measure(installation: Installation, runs: int) -> Iterator[Counts]:
    installation.save("nothing", NOTHING)
    Client(installation.url, TOKEN).await_listed(PATH, "")
    parts = {name: installation.part(name) for name in ("web", "sync", "scheduler", "worker")}
    for _ in range(STEPS):
        runs_per_second(
            lambda: partial(Client(installation.url, TOKEN).run, PATH), runs=runs // STEPS, clients=CLIENTS
        )
        yield _counts(installation, parts)


def _counts(installation: Installation, parts: dict[str, int]) -> Counts:
    tree = installation.tree()
    return {
        "processes": float(len(tree)),
        **{f"descriptors of {name}": _entries(f"/proc/{pid}/fd") for name, pid in parts.items()},
        **{f"threads of {name}": _entries(f"/proc/{pid}/task") for name, pid in parts.items()},
        **{f"memory of {name}, MiB": proportional_mib([pid]) for name, pid in parts.items()},
        "children of the worker": float(len(children_of(parts["worker"]))),
        "files besides the database": float(_files(installation.data)),
    }


def _entries(folder: str) -> float:
    return float(len(list(Path(folder).iterdir())))


def _files(data: Path) -> int:
    """The database has its own: log, spool, scratch, snapshots are ours."""
    return sum(
        len(names)
        for name in ("scratch", "spool", "snapshots", "mirrors", "logs")
        for _folder, _folders, names in os.walk(data / name)
    )


def _report(counts: list[Counts], step: int) -> Iterator[str]:
    yield f"{'what'.ljust(32)}{'first':>12}{'last':>12}{'per 1,000 runs':>18}"
    for what in counts[0]:
        values = [count[what] for count in counts]
        slope = _slope(values) / step * 1000
        yield f"{what.ljust(32)}{values[0]:>12.1f}{values[-1]:>12.1f}{slope:>18.2f}"


def _slope(values: list[float]) -> float:
    """Of the straight line through equally far points, by least squares."""
    middle = (len(values) - 1) / 2
    mean = sum(values) / len(values)
    over = sum((number - middle) * (value - mean) for number, value in enumerate(values))
    return over / sum((number - middle) ** 2 for number in range(len(values)))


if __name__ == "__main__":
    main()
