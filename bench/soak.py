"""
``python -m bench.soak [--runs N] [--syncs N]``: what grows with the number of runs and syncs.

Descriptors, threads, memory of the parts that stay, files of the data folder, connections and processes are
counted after a tenth of both and after each further tenth. What fills up to a limit (pools, caches) grows in
the first half only; what leaks goes on in the second.

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
        description = "{description}"
        has_sensitive_variables = False

    def run(self, data, commit):
        self.log_info(message="one line")
"""
PATH = "local/nothing/Nothing"

Counts = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--syncs", type=int, default=10_000)
    asked = parser.parse_args()
    with measuring_folder() as folder:
        installation = Installation(folder / "soak")
        installation.start()
        try:
            for line in _report(list(_measure(installation, asked.runs, asked.syncs))):
                print(line)
        finally:
            installation.stop()


def _measure(installation: Installation, runs: int, syncs: int) -> Iterator[Counts]:
    _save(installation, "")
    parts = {name: installation.part(name) for name in ("web", "sync", "scheduler", "worker")}
    for step in range(STEPS):
        runs_per_second(
            lambda: partial(Client(installation.url, TOKEN).run, PATH), runs=runs // STEPS, clients=CLIENTS
        )
        for number in range(syncs // STEPS):
            _save(installation, f"version {step}.{number}")
        yield _counts(installation, parts)


def _save(installation: Installation, description: str) -> None:
    """One sync: returns when the job is listed with *description*."""
    installation.save("nothing", NOTHING.format(description=description))
    Client(installation.url, TOKEN).await_listed(PATH, description)


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


def _report(counts: list[Counts]) -> Iterator[str]:
    yield f"{'what'.ljust(32)}{'first':>12}{'middle':>12}{'last':>12}"
    for what in counts[0]:
        values = [count[what] for count in counts]
        shown = (values[0], values[len(values) // 2], values[-1])
        yield what.ljust(32) + "".join(f"{value:>12.1f}" for value in shown)


if __name__ == "__main__":
    main()
