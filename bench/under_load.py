"""What an installation does while nothing happens, while much happens, and with one very long log."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from tests.e2e.installation import TOKEN, Installation

from bench.client import Client
from bench.figures import Figure
from bench.load import runs_per_second
from bench.memory import PeakWatch, proportional_mib
from bench.processor import share_of_processor

MANY_ROWS = """
import resource

from jobyard import Job


class Rows(Job):
    def run(self, data, commit):
        for number in range({count}):
            self.log_info(message=f"row {{number}}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return f"{{peak}} MiB"
"""
PRINTS = """
import sys
import time

from jobyard import Job


class Gigabyte(Job):
    def run(self, data, commit):
        line = "x" * 65535 + chr(10)
        for _ in range(16 * 1024):
            sys.stdout.write(line)


class LongLine(Job):
    def run(self, data, commit):
        sys.stdout.write("x" * 200_000_000)


class Clock(Job):
    class Meta:
        has_sensitive_variables = False

    def run(self, data, commit):
        return f"{time.time():.6f}"
"""
IDLE_SECONDS = 20.0
MILLION = 1_000_000


def measure_under_load(installation: Installation, client: Client, times: int) -> Iterator[Figure]:
    """Needs the job ``local/nothing/Nothing``."""
    yield _load(installation, times)
    client.reconnect()  # the server has closed it meanwhile
    yield from _million_rows(installation, client)
    installation.save("prints", PRINTS)
    client.await_listed("local/prints/Clock", "")
    yield from _much_output(installation, client)
    yield _first_line(client, times)
    yield _schedule(client, times)


def measure_idle(installation: Installation) -> Figure:
    def tree() -> list[int]:
        return [installation.process.pid, *installation.tree()]

    share = share_of_processor(tree, IDLE_SECONDS)
    return Figure(what="processor time of the idle tree, of one core", samples=[share], unit="%")


def _load(installation: Installation, times: int) -> Figure:
    rounds = max(1, times // 5)
    samples = [
        runs_per_second(
            lambda: partial(Client(installation.url, TOKEN).run, "local/nothing/Nothing"), runs=200, clients=8
        )
        for _ in range(rounds)
    ]
    return Figure(what="runs by 8 clients, 200 at a time", samples=samples, unit="/s", compared="2.4 / 15")


def _million_rows(installation: Installation, client: Client) -> Iterator[Figure]:
    """Once: it takes a while. The memory is what each process had at most."""
    installation.save("million", MANY_ROWS.format(count=MILLION))
    client.await_listed("local/million/Rows", "")
    watch = PeakWatch({name: installation.part(name) for name in ("worker", "web")})
    with watch:
        result_id, seconds = client.run_and_tell("local/million/Rows")
    yield Figure(what="REST run with 1,000,000 log rows", samples=[seconds])
    output = client.request("GET", f"/api/extras/job-results/{result_id}/?data_layout=1.2")["data"]["output"]
    yield Figure(what="  memory of its process at most", samples=[float(output.split()[0])], unit="MiB")
    for name, peak in watch.peaks.items():
        yield Figure(what=f"  memory of {name} at most meanwhile", samples=[peak], unit="MiB")
    for kind in ("ndjson", "csv", "txt"):
        path = f"/api/extras/job-results/{result_id}/logs.{kind}"
        yield Figure(what=f"  its log downloaded as {kind}", samples=[client.download(path)])


def _much_output(installation: Installation, client: Client) -> Iterator[Figure]:
    """F24: what a job prints is capped on the way, and the worker stays small."""
    for what, name in (("1 GB", "Gigabyte"), ("a line of 200 MB", "LongLine")):
        worker = installation.part("worker")
        before = proportional_mib([worker])
        with PeakWatch({"worker": worker}) as watch:
            _, seconds = client.run_and_tell(f"local/prints/{name}")
        yield Figure(what=f"REST run that prints {what}", samples=[seconds])
        grown = max(0.0, watch.peaks["worker"] - before)
        yield Figure(what="  what the worker grew meanwhile", samples=[grown], unit="MiB")


def _first_line(client: Client, times: int) -> Figure:
    """F162: from the claim to the first line of author code, warm; both by this machine's clock."""
    samples = []
    for _ in range(times):
        result_id, _ = client.run_and_tell("local/prints/Clock")
        result = client.request("GET", f"/api/extras/job-results/{result_id}/?data_layout=1.2")
        began = datetime.fromisoformat(result["started"]).timestamp()
        samples.append(max(0.0, float(result["data"]["output"].split()[0]) - began))
    return Figure(what="claim until the first line of author code", samples=samples)


def _schedule(client: Client, times: int) -> Figure:
    """From the nominal time of a schedule to the start of author code, by the clocks of this machine."""
    samples = [client.delay_of_schedule("local/nothing/Nothing") for _ in range(min(times, 5))]
    return Figure(what="due schedule until its run has started", samples=samples)
