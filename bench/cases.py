"""What is measured, each as a user would see it: through REST, files and git."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.installation import TOKEN, Installation
from tests.e2e.repositories import Repository

from bench.browser import Browser
from bench.changes import measure_changes
from bench.client import Client
from bench.figures import Figure, repeat
from bench.git_in import measure_git_in
from bench.inventory import measure_inventory
from bench.many_jobs import measure_many_jobs
from bench.memory import proportional_mib
from bench.pushes import measure_changed_modules
from bench.under_load import measure_idle, measure_under_load

NOTHING = """
from jobyard import Job


class Nothing(Job):
    class Meta:
        description = "{description}"
        has_sensitive_variables = False

    def run(self, data, commit):
        pass
"""
ROWS = """
from jobyard import Job


class Rows(Job):
    def run(self, data, commit):
        for number in range(10_000):
            self.log_info(message=f"row {number}")
"""
SETTLE_SECONDS = 45.0  #: After half a minute of quiet the child that waits for an inspection is let go.


def measure_all(folder: Path, times: int) -> Iterator[Figure]:
    """All figures, one after the other; *times* samples each."""
    installation = Installation(folder / "measured")
    yield Figure(what="fresh folder until ready", samples=[installation.start()])
    client = Client(installation.url, TOKEN)
    try:
        yield _memory(installation)
        yield measure_idle(installation)
        yield from _nothing(installation, client, times)
        yield from _rows(installation, client, times)
        yield from measure_under_load(installation, client, times)
        yield from measure_changes(installation, client, times)
        yield _saved_file(installation, client, times)
        yield from _pushes(client, folder, times)
        yield from measure_many_jobs(installation, client, times)
        yield from measure_inventory(installation, client, times)
        yield from measure_changed_modules(client, folder, times)
        yield from measure_git_in(installation, folder)
    finally:
        installation.stop()
    yield _starts(installation, times)


def _memory(installation: Installation) -> Figure:
    time.sleep(SETTLE_SECONDS)  # idle is what is measured
    pids = [installation.process.pid, *installation.tree()]
    return Figure(
        what="memory of the idle tree, PSS, database included",
        samples=[proportional_mib(pids)],
        unit="MiB",
        compared="438 / 587",
    )


def _nothing(installation: Installation, client: Client, times: int) -> Iterator[Figure]:
    _save(installation, "nothing", NOTHING.format(description=""))
    client.await_listed("local/nothing/Nothing", "")
    samples = repeat(times, lambda _number: client.run("local/nothing/Nothing"))
    yield Figure(what="REST run of a job that does nothing", samples=samples, compared="2.05 / 0.12")
    newest = client.request("GET", "/api/extras/job-results/?limit=1")["results"][0]["id"]
    samples = repeat(times, lambda _number: client.read(f"/api/extras/jobs/results/{newest}/"))
    yield Figure(what="REST detail of a result, with a token", samples=samples)


def _rows(installation: Installation, client: Client, times: int) -> Iterator[Figure]:
    _save(installation, "rows", ROWS)
    client.await_listed("local/rows/Rows", "")
    samples = repeat(times, lambda _number: client.run("local/rows/Rows"))
    yield Figure(what="REST run with 10,000 log rows", samples=samples, compared="5.9 / 11.1")
    newest, _seconds = client.run_and_tell("local/rows/Rows")
    browser = Browser(installation.url)
    browser.log_in()
    samples = repeat(times, lambda _number: browser.seconds(f"/extras/jobs/results/{newest}/"))
    yield Figure(what="page of a result with 10,000 log rows", samples=samples)


def _saved_file(installation: Installation, client: Client, times: int) -> Figure:
    def save(number: int) -> float:
        description = f"version {number}"
        began = time.perf_counter()
        _save(installation, "saved", NOTHING.format(description=description))
        client.await_listed("local/saved/Nothing", description)
        return time.perf_counter() - began

    return Figure(what="saved file until listed", samples=repeat(times, save), compared="4.0 / 6.3")


def _pushes(client: Client, folder: Path, times: int) -> Iterator[Figure]:
    for modules, compared in ((1, "1.2 / 1.3"), (200, "4.0 / 4.8")):
        samples = _push_samples(client, folder / f"git-{modules}", modules, times)
        yield Figure(
            what=f"git push and sync call until listed, {modules} modules", samples=samples, compared=compared
        )
        if modules > 1:
            yield Figure(
                what="REST run out of the repository of 200 modules",
                samples=repeat(times, lambda _number: client.run("git.bench-200/module_0/Nothing")),
                compared="- / 0.47",
            )
            yield Figure(
                what="REST list of 200 jobs and their newest results",
                samples=repeat(times, lambda _number: client.read("/api/extras/jobs/")),
                compared="0.180 / 0.210",
            )


def _push_samples(client: Client, folder: Path, modules: int, times: int) -> list[float]:
    repository = Repository(folder)
    names = [f"module_{number}" for number in range(modules)]
    repository.push(**{name: NOTHING.format(description="") for name in names})
    body = {"name": f"bench-{modules}", "remote_url": repository.url, "provided_contents": ["extras.job"]}
    record = client.request("POST", "/api/extras/git-repositories/", body)
    path = f"git.bench-{modules}/module_0/Nothing"
    client.await_listed(path, "")

    def push(number: int) -> float:
        description = f"version {number}"
        repository.commit(**{name: NOTHING.format(description=description) for name in names})
        began = time.perf_counter()
        repository.push_commits()
        client.request("POST", f"/api/extras/git-repositories/{record['id']}/sync/", {})
        client.await_listed(path, description)
        return time.perf_counter() - began

    return repeat(times, push)


def _starts(installation: Installation, times: int) -> Figure:
    def start(_number: int) -> float:
        seconds = installation.start()
        installation.stop()
        return seconds

    return Figure(what="jobyard up until ready", samples=repeat(times, start), compared="3.0 / 3.9")


def _save(installation: Installation, name: str, text: str) -> None:
    """As an editor does: a new file that takes the place of the old one."""
    installation.jobs_root.mkdir(exist_ok=True)
    draft = installation.jobs_root / f".{name}.draft"
    draft.write_text(text, encoding="utf-8")
    draft.replace(installation.jobs_root / f"{name}.py")
