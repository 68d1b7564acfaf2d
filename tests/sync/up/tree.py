"""A real `jobyard up`, as a user starts it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

TIMEOUT = 90.0
COMMAND = [sys.executable, "-c", "from jobyard_sync.cli import main; main()"]
PARTS = ("web", "sync", "scheduler", "worker")


class Tree:
    def __init__(self, data_dir: Path, *arguments: str, **environ: str) -> None:
        self.data_dir = data_dir
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JOBYARD_")}
        self.told = data_dir.with_suffix(f".told-{time.monotonic_ns()}")
        with self.told.open("w") as told:
            self.process = subprocess.Popen(
                [*COMMAND, "up", "--port", "0", "--data-dir", str(data_dir), *arguments],
                env={**kept, **environ},
                stdout=subprocess.PIPE,
                stderr=told,
                text=True,
                start_new_session=True,
            )

    def wait_until_ready(self) -> Tree:
        assert self.process.stdout
        line = self.process.stdout.readline()
        found = re.fullmatch(r"ready http://127\.0\.0\.1:(\d+)\n", line)
        assert found, f"no ready line but {line!r}; {self.told.read_text()}"
        self.port = int(found[1])
        return self

    def get(self, path: str, *, token: str = "") -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path, headers={"Authorization": f"Token {token}"} if token else {})
            answer = connection.getresponse()
            body = answer.read()
        finally:
            connection.close()
        is_json = answer.headers.get_content_type() == "application/json"
        return answer.status, json.loads(body) if is_json else body

    def is_ready(self) -> bool:
        try:
            return self.get("/health/ready")[0] == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False

    def account(self) -> dict[str, str]:
        lines = re.findall(r"^jobyard: (\w+) +(\S.*)$", self.told.read_text(), flags=re.MULTILINE)
        return dict(lines)

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Another command on the same data folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JOBYARD_")}
        return subprocess.run(
            [*COMMAND, *arguments],
            env={**kept, "JOBYARD_DATA_DIR": str(self.data_dir)},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=TIMEOUT,
        )

    def children(self) -> list[int]:
        """Process ids of the whole tree below `up`, the nearest first."""
        parents = dict(_parents())
        below, found = {self.process.pid}, []
        while new := [pid for pid, parent in parents.items() if parent in below and pid not in found]:
            found += new
            below = set(new)
        return found

    def kill_everything(self) -> None:
        for pid in [self.process.pid, *self.children()]:
            _kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=TIMEOUT)
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill_everything()
        if self.process.stdout:
            self.process.stdout.close()


def _parents() -> list[tuple[int, int]]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if words[0] != "Z":
            found.append((int(folder.name), int(words[1])))
    return found


def _kill(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def alive(pids: list[int]) -> list[int]:
    return [pid for pid, _ in _parents() if pid in pids]


def until(condition: Callable[[], Any], seconds: float = TIMEOUT) -> Any:
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return found
