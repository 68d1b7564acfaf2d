"""How jobyard hears of pushes: a storm of webhook calls, and a hundred remotes looked at every minute."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from tests.e2e.installation import TOKEN, Installation
from tests.e2e.repositories import Repository
from tests.repos.git_http import GitServer

from bench.client import Client
from bench.figures import Figure, measuring_folder, print_as_measured

CALLS, CONNECTIONS = 1000, 2
REPOSITORIES, WINDOW_SECONDS = 100, 60.0
SYNCS = "/api/extras/job-results/?obj_type=extras.gitrepository&limit=1000"
JOB = (
    "from jobyard import Job\n\n\nclass Hello(Job):\n    def run(self, data, commit):\n        return 'hi'\n"
)


def measure_git_in(installation: Installation, folder: Path) -> Iterator[Figure]:
    """Figures of a running installation that allows folders as remotes."""
    yield from _storm(installation.url, folder / "storm")
    yield from _polling(installation, folder / "polled")


def _ask(url: str, method: str, path: str, body: object = None) -> Any:
    """Over a connection of its own: between two steps the server may have closed an idle one."""
    return Client(url, TOKEN).request(method, path, body)


def _storm(url: str, folder: Path) -> Iterator[Figure]:
    """Of a repository that only webhooks tell of: a folder would be watched."""
    repository = Repository(folder)
    repository.push(hello=JOB)
    with GitServer(repository.bare.parent) as server:
        yield from _storm_of(url, repository, server.url(repository.bare.name))


def _storm_of(url: str, repository: Repository, address: str) -> Iterator[Figure]:
    body = {"name": f"storm-{uuid.uuid4().hex[:6]}", "remote_url": address, "poll_interval": 0}
    record = _ask(url, "POST", "/api/extras/git-repositories/", body)
    _await_syncs(url, "storm", 1)
    hooks = f"/api/extras/git-repositories/{record['id']}/webhooks/"
    hook = _ask(url, "POST", hooks, {"provider": "github"})
    time.sleep(3)  # the first sync is long over
    repository.push(hello=JOB.replace("hi", "there"))
    before = len(_syncs(url, "storm"))
    seconds, ids = _call_all(urlsplit(url), urlsplit(hook["address"]).path, hook["secret"])
    visible = _await_visible(url, ids)
    yield Figure(what=f"webhook call, {CALLS} for one repository", samples=seconds)
    yield Figure(what="syncs of that storm", samples=[len(_syncs(url, "storm")) - before], unit="syncs")
    yield Figure(what="calls of that storm that were lost", samples=[CALLS - visible], unit="calls")


def _call_all(place: SplitResult, path: str, secret: str) -> tuple[list[float], list[str]]:
    seconds: list[float] = []
    ids: list[str] = []

    def work() -> None:
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(CALLS // CONNECTIONS):
            body = json.dumps({"ref": "refs/heads/main", "after": uuid.uuid4().hex + "0" * 8}).encode()
            digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
            headers = {
                "Content-Type": "application/json",
                "X-GitHub-Event": "push",
                "X-GitHub-Delivery": str(uuid.uuid4()),
                "X-Hub-Signature-256": f"sha256={digest}",
            }
            began = time.perf_counter()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            seconds.append(time.perf_counter() - began)
            if answer.status != http.HTTPStatus.ACCEPTED:
                raise RuntimeError(f"{answer.status} {content[:200]!r}")
            ids.append(json.loads(content)["id"])

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seconds, ids


def _await_visible(url: str, ids: list[str]) -> int:
    """How many of the calls became visible."""
    client, end = Client(url, TOKEN), time.monotonic() + 180
    waiting = set(ids)
    while waiting and time.monotonic() < end:
        for one in list(waiting):
            if client.request("GET", f"/api/extras/webhook-deliveries/{one}/")["state"] == "visible":
                waiting.discard(one)
    return len(ids) - len(waiting)


def _polling(installation: Installation, folder: Path) -> Iterator[Figure]:
    url = installation.url
    repository = Repository(folder)
    repository.push(hello=JOB)
    for number in range(REPOSITORIES):
        body = {"name": f"polled-{number}", "remote_url": repository.url, "provided_contents": []}
        _ask(url, "POST", "/api/extras/git-repositories/", body)
    _await_syncs(url, "polled", REPOSITORIES)
    _forget_activity(installation)
    sync = installation.part("sync")
    looks, used = _looks(installation), _cpu_seconds(sync)
    began = time.monotonic()
    time.sleep(WINDOW_SECONDS)
    took = time.monotonic() - began
    used = _cpu_seconds(sync) - used
    yield Figure(
        what=f"{REPOSITORIES} repositories looked at each minute, of one processor",
        samples=[100 * used / took],
        unit="%",
    )
    yield Figure(what="remote calls of that minute", samples=[_looks(installation) - looks], unit="calls")


def _forget_activity(installation: Installation) -> None:
    """As after ten minutes without news: each at its own interval."""
    _shell(
        installation,
        "from jobyard_server.registry.remote_models import RemoteWatch; import random, datetime;"
        "from django.utils import timezone;"
        "[RemoteWatch.objects.filter(pk=w.pk).update(active_until=None, next_look=timezone.now()"
        "+datetime.timedelta(seconds=random.uniform(0,60))) for w in RemoteWatch.objects.all()]",
    )


def _looks(installation: Installation) -> int:
    """All looks so far, by the counters of the watches."""
    return int(
        _shell(
            installation,
            "from jobyard_server.registry.remote_models import RemoteWatch; from django.db.models import Sum;"
            "print(RemoteWatch.objects.aggregate(n=Sum('looks'))['n'] or 0)",
        )
    )


def _shell(installation: Installation, code: str) -> str:
    return installation.command("manage", "shell", "-v", "0", "-c", code).stdout.strip() or "0"


def _cpu_seconds(pid: int) -> float:
    """Of a process and its children, also those that were waited for."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(value) for value in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _syncs(url: str, name: str) -> list[object]:
    return [row for row in _ask(url, "GET", SYNCS)["results"] if row["name"].startswith(name)]


def _await_syncs(url: str, name: str, number: int) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        ended = [row for row in _syncs(url, name) if row["status"]["value"] == "completed"]
        if len(ended) >= number:
            return
        time.sleep(0.2)
    raise RuntimeError(f"{name} was not synced in time")


def main() -> None:
    """``python -m bench.git_in``: these figures alone."""
    with measuring_folder() as folder:
        installation = Installation(folder / "measured")
        installation.start()
        try:
            print_as_measured(measure_git_in(installation, folder))
        finally:
            installation.stop()


if __name__ == "__main__":
    main()
