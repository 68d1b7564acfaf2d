"""``python -m bench.peers [--times N] [--keep FOLDER] [--peer NAME]``: install, start, measure, print."""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.error import HTTPError

from tests.e2e.installation import TOKEN, Installation

from bench.client import Client
from bench.figures import repeat
from bench.load import runs_per_second
from bench.memory import proportional_mib
from bench.peers.environment import PeerUnavailableError, install, installed_version
from bench.peers.nautobot import Nautobot

PEERS = ("nautobot==1.6.32", "nautobot")
WORK = {
    "old": """
from nautobot.extras.jobs import Job

name = "Bench"


class Nothing(Job):
    class Meta:
        has_sensitive_variables = False

    def run(self, data=None, commit=None):
        pass


class Rows(Job):
    class Meta:
        has_sensitive_variables = False

    def run(self, data=None, commit=None):
        for number in range(10_000):
            self.log_info(message=f"row {number}")
""",
    "new": """
from nautobot.apps.jobs import Job, register_jobs

name = "Bench"


class Nothing(Job):
    class Meta:
        has_sensitive_variables = False

    def run(self):
        pass


class Rows(Job):
    class Meta:
        has_sensitive_variables = False

    def run(self):
        for number in range(10_000):
            self.logger.info("row %s", number)


register_jobs(Nothing, Rows)
""",
}
RUNS, CLIENTS = 200, 8
NOTHING, ROWS = "run that does nothing, ms", "run with 10,000 rows, s"
LOAD, MEMORY = "runs by 8 clients, /s", "memory, PSS, MiB (jobyard: with its database)"

Figures = dict[str, float]


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-peers", description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="samples for each median")
    parser.add_argument("--keep", type=Path, help="folder for the environments, used again next time")
    parser.add_argument("--peer", action="append", help=f"a release to compare; {' and '.join(PEERS)} else")
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="jobyard-peers-"))
    folder.chmod(0o711)
    environments = asked.keep or folder / "environments"
    columns: dict[str, Figures] = {}
    try:
        columns["jobyard"] = _measure_jobyard(folder / "jobyard", asked.times)
        for number, requirement in enumerate(asked.peer or PEERS):
            try:
                for what, name, figure in _measure_peer(
                    requirement, environments, folder / f"peer-{number}", asked.times
                ):
                    columns.setdefault(name, {})[what] = figure
            except (PeerUnavailableError, HTTPError) as exc:
                print(f"not measured to the end: {requirement}: {exc}", file=sys.stderr, flush=True)
        for line in _table(columns):
            print(line)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure_jobyard(folder: Path, times: int) -> Figures:
    installation = Installation(folder)
    installation.start()
    try:
        installation.save("bench_jobs", WORK["old"])
        client = Client(installation.url, TOKEN)
        client.await_listed("local/bench_jobs/Nothing", "")
        path = "local/bench_jobs/Nothing"
        pids = [installation.process.pid, *installation.tree()]
        return {
            NOTHING: 1000 * statistics.median(repeat(times, lambda _n: client.run(path))),
            ROWS: statistics.median(
                repeat(max(1, times // 3), lambda _n: client.run("local/bench_jobs/Rows"))
            ),
            MEMORY: proportional_mib(pids),
            LOAD: runs_per_second(
                lambda: partial(Client(installation.url, TOKEN).run, path),
                runs=RUNS,
                clients=CLIENTS,
            ),
        }
    finally:
        installation.stop()


def _measure_peer(
    requirement: str, environments: Path, folder: Path, times: int
) -> Iterator[tuple[str, str, float]]:
    """What was measured, of whom, and the figure, one by one: what comes before a failure counts."""
    programs = install(requirement, environments / requirement.replace("=", "-"))
    version = installed_version(programs)
    print(f"nautobot {version} …", file=sys.stderr, flush=True)
    work = WORK["old"] if version.startswith("1.") else WORK["new"]
    with Nautobot(programs, folder, {"bench_jobs": work}, version=version) as peer:
        nothing, rows = peer.enable("bench_jobs", "Nothing"), peer.enable("bench_jobs", "Rows")
        name = f"nautobot {version}"
        yield NOTHING, name, 1000 * statistics.median(repeat(times, lambda _n: peer.run(nothing)))
        yield ROWS, name, statistics.median(repeat(max(1, times // 3), lambda _n: peer.run(rows)))
        yield MEMORY, name, proportional_mib(peer.tree())
        load = runs_per_second(lambda: partial(peer.run, nothing), runs=RUNS, clients=CLIENTS)
        yield LOAD, name, load  # the last: 1.6.32 may refuse runs (405) while several clients ask for them


def _table(columns: dict[str, Figures]) -> Iterator[str]:
    rows = list(columns["jobyard"])
    width = max(len(row) for row in rows)
    yield "  ".join(["what".ljust(width), *(name.rjust(16) for name in columns)])
    for row in rows:
        yield "  ".join([row.ljust(width), *(_cell(figures.get(row)) for figures in columns.values())])


def _cell(figure: float | None) -> str:
    return ("-" if figure is None else f"{figure:.1f}").rjust(16)


if __name__ == "__main__":
    main()
