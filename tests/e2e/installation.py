"""A real `jobyard up` process tree in a folder of its own, as a user has it."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

JOBYARD = str(Path(sys.executable).with_name("jobyard"))
READY_SECONDS = 120
TOKEN = "0123456789abcdef0123456789abcdef01234567"
PASSWORD = "correct-horse-battery"


@dataclass
class Answer:
    """What an HTTP request was answered."""

    status: int
    body: Any


class Installation:
    """Start it, talk to it, hurt it, stop it."""

    def __init__(self, folder: Path, *arguments: str, **options: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.data = folder / "data"
        self.jobs_root = folder / "jobs"
        self.url = ""
        self._arguments = arguments
        self._options = options
        self._process: subprocess.Popen[str] | None = None

    @property
    def environment(self) -> dict[str, str]:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("JOBYARD_", "DJANGO_"))
        }
        return {
            **kept,
            "JOBYARD_DATA_DIR": str(self.data),
            "JOBYARD_JOBS_ROOT": str(self.jobs_root),
            "JOBYARD_ADMIN_PASSWORD": PASSWORD,
            "JOBYARD_ADMIN_TOKEN": TOKEN,
            "JOBYARD_ALLOW_FILE_REMOTES": "true",
            "JOBYARD_GIT_ALLOWED_NETS": "127.0.0.0/8",
            **self._options,
        }

    @property
    def process(self) -> subprocess.Popen[str]:
        assert self._process is not None, "not started"
        return self._process

    def start(self) -> float:
        """Wait for the ready line; the seconds it took."""
        began = time.monotonic()
        with (self.folder / "up.err").open("a") as errors:
            self._process = subprocess.Popen(
                [JOBYARD, "up", "--port", "0", *self._arguments],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], READY_SECONDS)
        line = self._process.stdout.readline() if ready else ""
        assert line.startswith("ready http://"), f"no ready line: {line!r}\n{self.errors()}"
        self.url = line.split()[1]
        return time.monotonic() - began

    def errors(self) -> str:
        return (self.folder / "up.err").read_text()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.await_end()

    def await_end(self) -> int:
        code = self.process.wait(40)
        self._close()
        return code

    def kill_everything(self) -> None:
        """The whole tree at once, as when the machine loses power."""
        everybody = [self.process.pid, *self.tree()]
        for number in (signal.SIGSTOP, signal.SIGKILL):  # frozen first: nobody sees another one die
            for pid in everybody:
                with suppress(ProcessLookupError):
                    os.kill(pid, number)
        self.process.wait(10)
        self._close()

    def _close(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.close()

    def tree(self, root: int | None = None) -> list[int]:
        """Process ids below `jobyard up` (or *root*), parents first."""
        found = []
        for child in children_of(root or self.process.pid):
            found += [child, *self.tree(child)]
        return found

    def part(self, name: str) -> int:
        """Process id of a part: web, sync, worker or scheduler."""
        code = (
            "from jobyard_server.runs.components import alive;"
            f"print(*alive().filter(kind={name!r}).order_by('-started_at').values_list('pid', flat=True)[:1])"
        )
        return int(self.command("manage", "shell", "-v", "0", "-c", code).stdout.split()[-1])

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [JOBYARD, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert not check or done.returncode == 0, (
            f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
        return done

    def save(self, name: str, text: str) -> Path:
        """A module in JOBS_ROOT."""
        self.jobs_root.mkdir(exist_ok=True)
        path = self.jobs_root / f"{name}.py"
        path.write_text(text)
        return path

    def request(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = TOKEN,
        accept: str = "application/json",
    ) -> Answer:
        headers = {"Accept": accept}
        if token:
            headers["Authorization"] = f"Token {token}"
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        asked = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                return Answer(answer.status, _decoded(answer.read()))
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, _decoded(refused.read()))

    def get(self, path: str, **options: Any) -> Any:
        answer = self.request("GET", path, **options)
        assert answer.status == 200, answer
        return answer.body

    def job_ids(self) -> set[str]:
        return {job["id"] for job in self.get("/api/extras/jobs/")}

    def start_run(self, class_path: str, data: object = None, **fields: object) -> str:
        """Id of the accepted run."""
        answer = self.request("POST", f"/api/extras/jobs/{class_path}/run/", {"data": data or {}, **fields})
        assert answer.status == 200, answer
        return str(answer.body["result"]["id"])

    def result(self, run_id: str) -> dict[str, Any]:
        return dict(self.get(f"/api/extras/job-results/{run_id}/"))

    def finished(self, run_id: str, seconds: float = 30) -> dict[str, Any]:
        """The result, once it is terminal."""
        active = ("pending", "running")
        return until(
            lambda: self.result(run_id),
            lambda result: result["status"]["value"] not in active,
            seconds=seconds,
        )

    def run(self, class_path: str, data: object = None, **fields: object) -> dict[str, Any]:
        return self.finished(self.start_run(class_path, data, **fields))

    def messages(self, run_id: str) -> list[str]:
        return [row["message"] for row in self.get(f"/api/extras/job-results/{run_id}/logs/")]


def until(look: Callable[[], Any], reached: Callable[[Any], bool], seconds: float = 30) -> Any:
    """Look until what is seen is what was waited for."""
    end = time.monotonic() + seconds
    while True:
        seen = look()
        if reached(seen):
            return seen
        assert time.monotonic() < end, f"still {seen!r} after {seconds} s"
        time.sleep(0.02)  # between two looks at another process


def children_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")
