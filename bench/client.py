"""A client that keeps its connection, as a script or another service would."""

from __future__ import annotations

import http.client
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 120
POLL_SECONDS = 0.005  #: A client that asks without a pause takes the processor from what it waits for.


class Client:
    """REST over one connection without Nagle's delay."""

    def __init__(self, url: str, token: str) -> None:
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}

    def request(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return json.loads(content)

    def run(self, class_path: str, data: object = None) -> float:
        """Seconds from the request until the result reads completed."""
        began = time.perf_counter()
        accepted = self.request("POST", f"/api/extras/jobs/{class_path}/run/", {"data": data or {}})
        self.await_end(accepted["result"]["id"])
        return time.perf_counter() - began

    def await_end(self, result_id: str) -> None:
        path = f"/api/extras/job-results/{result_id}/?data_layout=1.2"
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            status = self.request("GET", path)["status"]["value"]
            if status not in ("pending", "running"):
                if status != "completed":
                    raise RuntimeError(f"{result_id} ended {status}")
                return
            time.sleep(POLL_SECONDS)
        raise RuntimeError(f"{result_id} did not end")

    def is_listed(self, class_path: str, description: str) -> bool:
        """Tell whether the job is there in the version that has *description*."""
        try:
            return bool(self.request("GET", f"/api/extras/jobs/{class_path}/")["description"] == description)
        except RuntimeError:
            return False

    def await_listed(self, class_path: str, description: str) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not self.is_listed(class_path, description):
            if time.monotonic() > end:
                raise RuntimeError(f"{class_path} was not listed in time")
            time.sleep(POLL_SECONDS)
