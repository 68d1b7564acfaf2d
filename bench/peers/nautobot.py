"""A running Nautobot: web and one Celery worker, over a PostgreSQL and a Redis of its own."""

from __future__ import annotations

import http
import json
import os
import secrets
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self

from tests.e2e.installation import children_of

from bench.peers.environment import PeerUnavailableError
from jobyard_server.database.address import settings_from_url
from jobyard_server.database.embedded import EmbeddedPostgres

TOKEN = "0123456789abcdef0123456789abcdef01234567"
START_SECONDS = 300
SETTINGS = """
from nautobot.core.settings import *  # noqa
SECRET_KEY = "{secret}"
ALLOWED_HOSTS = ["*"]
INSTALLATION_METRICS_ENABLED = False
METRICS_ENABLED = False
JOBS_ROOT = "{jobs}"
MEDIA_ROOT, GIT_ROOT, STATIC_ROOT = "{work}/media", "{work}/git", "{work}/static"
DATABASES["default"].update(
    NAME="{name}", USER="{user}", PASSWORD="{password}", HOST="{host}", PORT="{port}",
    ENGINE="django.db.backends.postgresql",
    CONN_MAX_AGE=0,  # runserver has a thread for each request, whose connection nobody would use again
)
REDIS = "redis://127.0.0.1:{redis}/0"
CACHES["default"]["LOCATION"] = REDIS
CELERY_BROKER_URL = REDIS
CACHEOPS_REDIS = "redis://127.0.0.1:{redis}/1"
CACHEOPS_ENABLED = False
"""


class Nautobot:
    """Started as its own documentation says; stopped, and its data gone, at the end of the block."""

    def __init__(self, programs: Path, folder: Path, jobs: dict[str, str], *, version: str) -> None:
        self.url = ""
        # Without it the oldest shape of the list is answered, which knows no ids.
        self._api_version = "; version=1.3" if version.startswith("1.") else ""
        self.processes: list[subprocess.Popen[bytes]] = []
        self._programs = programs
        self._folder = folder
        self._jobs = jobs
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._exits.close()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self._exits.close()

    def _start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._folder.chmod(0o711)
        server = EmbeddedPostgres(self._folder / "postgres")
        url = server.start()
        self._exits.callback(server.stop)
        redis = self._start_redis()
        self._configure(url, redis)
        self._manage("migrate", "--no-input")
        self._make_account()
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._spawn("celery", "worker", "--concurrency", "4", "--loglevel", "ERROR")
        self._spawn("runserver", "--noreload", "--insecure", f"127.0.0.1:{port}")
        self._await_web()

    def _start_redis(self) -> int:
        if shutil.which("redis-server") is None:
            raise PeerUnavailableError("Nautobot needs Redis, and no redis-server is installed")
        port = _free_port()
        command = ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._exits.callback(_stop, process)
        return port

    def _configure(self, url: str, redis: int) -> None:
        jobs, work = self._folder / "jobs", self._folder / "work"
        for folder in (jobs, work):
            folder.mkdir(exist_ok=True)
        (jobs / "__init__.py").touch()
        for name, text in self._jobs.items():
            (jobs / f"{name}.py").write_text(text)
        login = {key.lower(): value for key, value in settings_from_url(url).items()}
        settings = SETTINGS.format(secret=secrets.token_hex(32), jobs=jobs, work=work, redis=redis, **login)
        (self._folder / "nautobot_config.py").write_text(settings)

    def _make_account(self) -> None:
        code = (
            "from django.contrib.auth import get_user_model as g;"
            "from nautobot.users.models import Token;"
            "u=g().objects.create_superuser('bench','bench@example.com','bench');"
            f"Token.objects.create(user=u,key='{TOKEN}')"
        )
        self._manage("nbshell", "--command", code)

    @property
    def _environment(self) -> dict[str, str]:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("JOBYARD_", "DJANGO_"))
        }
        return {**kept, "NAUTOBOT_CONFIG": str(self._folder / "nautobot_config.py")}

    def _manage(self, *arguments: str) -> None:
        done = subprocess.run(
            [self._programs / "nautobot-server", *arguments],
            env=self._environment,
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            reason = (done.stderr.strip().splitlines() or ["no reason was given"])[-1]
            raise PeerUnavailableError(f"nautobot-server {arguments[0]} failed: {reason}")

    def _spawn(self, *arguments: str) -> None:
        with (self._folder / f"{arguments[0]}.log").open("wb") as log:
            process = subprocess.Popen(
                [self._programs / "nautobot-server", *arguments],
                env=self._environment,
                cwd=self._folder,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        self._exits.callback(_stop, process)

    def _await_web(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with suppress(OSError, urllib.error.URLError):
                self.ask("GET", "/api/extras/jobs/")
                return
            time.sleep(0.5)
        raise PeerUnavailableError("Nautobot did not answer in time; its logs are gone with it")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # an address of this machine
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Token {TOKEN}",
                "Content-Type": "application/json",
                "Accept": f"application/json{self._api_version}",
            },
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def tree(self) -> list[int]:
        """Web and worker, with the processes of the worker's pool."""
        pids = [process.pid for process in self.processes]
        return [*pids, *(child for pid in pids for child in children_of(pid))]

    def enable(self, module: str, class_name: str) -> str:
        """Let the job be run; returns its id."""
        found = self.ask("GET", f"/api/extras/jobs/?module_name={module}&job_class_name={class_name}")[
            "results"
        ]
        if not found:  # newer releases put the folder before the module
            query = f"module_name=jobs.{module}&job_class_name={class_name}"
            found = self.ask("GET", f"/api/extras/jobs/?{query}")["results"]
        if not found:
            raise PeerUnavailableError(f"Nautobot does not list the job {module}.{class_name}")
        self.ask("PATCH", f"/api/extras/jobs/{found[0]['id']}/", {"enabled": True})
        return str(found[0]["id"])

    def run(self, job: str) -> float:
        """Seconds from the request until the result reads completed."""
        began = time.perf_counter()
        answer = self._patiently("POST", f"/api/extras/jobs/{job}/run/", {"data": {}}, pause=0.1)
        result = answer.get("job_result") or answer.get("result")
        while True:
            told = self._patiently("GET", f"/api/extras/job-results/{result['id']}/", pause=0.005)
            status = str(told["status"]["value"]).lower()
            if status in ("completed", "success"):
                return time.perf_counter() - began
            if status in ("failed", "errored", "failure", "revoked"):
                raise PeerUnavailableError(f"a run of Nautobot ended {status}")
            time.sleep(0.005)

    def _patiently(self, method: str, path: str, body: object = None, *, pause: float) -> Any:
        """
        Ask again while the server cannot: a worker that starts, or is busy, counts as none.

        Raises:
            PeerUnavailableError: It cannot for good; with the last words of its log.
        """
        end = time.monotonic() + START_SECONDS
        while True:
            try:
                return self.ask(method, path, body)
            except urllib.error.HTTPError as refused:
                if refused.code < http.HTTPStatus.INTERNAL_SERVER_ERROR:
                    raise
                if time.monotonic() > end:
                    raise PeerUnavailableError(f"{method} {path}: {refused}; {self._last_words()}") from None
            time.sleep(pause)

    def _last_words(self) -> str:
        """The last line of the log of the web part that names an error."""
        lines = (self._folder / "runserver.log").read_text(errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if "Error" in line), "its log names no error")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
