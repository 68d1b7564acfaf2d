"""A small forge: takes commit statuses at the addresses and with the bodies that the real ones document."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

#: Path, header with the token, allowed states, and fields that may be sent.
SHAPES = {
    "github": (
        r"/api/v3/repos/(?P<project>[^/]+/[^/]+)/statuses/(?P<commit>[0-9a-f]{40})",
        ("Authorization", "Bearer "),
        {"error", "failure", "pending", "success"},
        {"state", "target_url", "description", "context"},
    ),
    "gitlab": (
        r"/api/v4/projects/(?P<project>[^/]+)/statuses/(?P<commit>[0-9a-f]{40})",
        ("PRIVATE-TOKEN", ""),
        {"pending", "running", "success", "failed", "canceled", "skipped"},
        {"state", "target_url", "description", "name", "ref", "coverage", "pipeline_id"},
    ),
    "gitea": (
        r"/api/v1/repos/(?P<project>[^/]+/[^/]+)/statuses/(?P<commit>[0-9a-f]{40})",
        ("Authorization", "token "),
        {"pending", "success", "error", "failure", "warning"},
        {"state", "target_url", "description", "context"},
    ),
}


@dataclass
class Status:
    """A status that was accepted."""

    forge: str
    project: str
    commit: str
    body: dict[str, Any]


@dataclass
class Forge:
    """A context manager; *failures* are statuses to answer with, one for each call, before all is well."""

    token: str
    statuses: list[Status] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    calls: int = 0
    hang: bool = False

    def __post_init__(self) -> None:
        self.stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.forge = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, path: str, headers: Any, body: bytes) -> int:
        self.calls += 1
        if self.failures:
            return self.failures.pop(0)
        for name, (pattern, (header, prefix), states, fields) in SHAPES.items():
            match = re.fullmatch(pattern, path)
            if match is None:
                continue
            if headers.get(header) != prefix + self.token:
                return 401
            data = json.loads(body)
            if data["state"] not in states or not set(data) <= fields or len(data["description"]) > 140:
                return 422
            self.statuses.append(Status(name, match["project"], match["commit"], data))
            return 201
        return 404


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
        pass

    def do_POST(self) -> None:  # the name of the base class
        forge: Forge = self.server.forge  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if forge.hang:
            forge.stopping.wait(60)
            return
        status = forge.take(self.path, self.headers, body)
        page = json.dumps({"message": f"{status} {self.headers.get('Authorization', '')}"}).encode()
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.2:1/")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
