"""Pushes that change one module, in repositories of growing size."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from tests.e2e.installation import TOKEN, Installation
from tests.e2e.repositories import Repository

from bench.client import Client
from bench.figures import Figure, measuring_folder, print_as_measured, repeat

TIMES = 15
SIZES = ((1, "1.2 / 1.3"), (200, "4.0 / 4.8"), (2_000, "-"))
MODULE = """
from jobyard import ChoiceVar, Job, StringVar


class Nothing(Job):
    class Meta:
        description = "{description}"

    who = StringVar(description="Whom")
    where = ChoiceVar(choices=[("a", "A"), ("b", "B")])

    def run(self, data, commit):
        pass
"""


def measure_changed_modules(client: Client, folder: Path, times: int) -> Iterator[Figure]:
    """First sync, and push of one changed module until it is listed, for each size."""
    for size, compared in SIZES:
        repository = Repository(folder / f"changed-{size}")
        names = [f"module_{number}" for number in range(size)]
        repository.push(**{name: MODULE.format(description="") for name in names})
        first, address = _first_sync(client, repository, size)
        yield Figure(what=f"first sync of {size} modules until listed", samples=[first])
        yield Figure(
            what=f"git push of 1 changed module of {size} and sync call until listed",
            samples=_pushes(client, repository, address, size, times),
            compared=compared,
        )
        client.request("DELETE", address)


def _first_sync(client: Client, repository: Repository, size: int) -> tuple[float, str]:
    body = {
        "name": f"changed-{size}",
        "remote_url": repository.url,
        "provided_contents": ["extras.job"],
    }
    began = time.perf_counter()
    record = client.request("POST", "/api/extras/git-repositories/", body)
    client.await_listed(f"git.changed-{size}/module_{size - 1}/Nothing", "")
    return time.perf_counter() - began, f"/api/extras/git-repositories/{record['id']}/"


def _pushes(client: Client, repository: Repository, address: str, size: int, times: int) -> list[float]:
    def push(number: int) -> float:
        description = f"version {number}"
        repository.commit(module_0=MODULE.format(description=description))
        began = time.perf_counter()
        repository.push_commits()
        client.request("POST", f"{address}sync/", {})
        client.await_listed(f"git.changed-{size}/module_0/Nothing", description)
        return time.perf_counter() - began

    return repeat(times, push)


def main() -> None:
    """``python -m bench.pushes``: these figures alone."""
    with measuring_folder() as folder:
        installation = Installation(folder / "measured")
        installation.start()
        try:
            print_as_measured(measure_changed_modules(Client(installation.url, TOKEN), folder, TIMES))
        finally:
            installation.stop()


if __name__ == "__main__":
    main()
