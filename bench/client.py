"""A client that keeps its connection, as a script or another service would."""

from __future__ import annotations

import http.client
import json
import socket
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 120
LONG_POLL_SECONDS = 30
SOONEST_SECONDS = 16  #: A schedule has to be a quarter of a minute ahead.
POLL_SECONDS = 0.005  #: A client that asks without a pause takes the processor from what it waits for.


class Client:
    """REST over one connection without Nagle's delay."""

    def __init__(self, url: str, token: str) -> None:
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        self.reconnect()
        self._headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}

    def reconnect(self) -> None:
        """After a pause in which the server may have closed the connection."""
        self._connection.close()
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def request(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body)
        self._connection.request(method, path, data, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
        return json.loads(content) if content else None

    def read(self, path: str) -> float:
        """Seconds that one GET takes, for the caller."""
        began = time.perf_counter()
        self.request("GET", path)
        return time.perf_counter() - began

    def run(self, class_path: str, data: object = None, *, commit: bool = True) -> float:
        """Seconds from the request until the result reads completed."""
        began = time.perf_counter()
        self.await_end(self.start(class_path, data, commit=commit))
        return time.perf_counter() - began

    def start(self, class_path: str, data: object = None, *, commit: bool = True) -> str:
        """Ask for a run; the id of its result."""
        body = {"data": data or {}, "commit": commit}
        accepted = self.request("POST", f"/api/extras/jobs/{class_path}/run/", body)
        return str(accepted["result"]["id"])

    def run_and_tell(self, class_path: str) -> tuple[str, float]:
        """Id of the result, and the seconds that it took."""
        began = time.perf_counter()
        result_id = self.start(class_path)
        self.await_end(result_id)
        return result_id, time.perf_counter() - began

    def download(self, path: str) -> float:
        """Seconds until all of a file has arrived; nothing of it is kept."""
        began = time.perf_counter()
        self._connection.request("GET", path, None, self._headers)
        answer = self._connection.getresponse()
        if answer.status >= http.HTTPStatus.BAD_REQUEST:
            raise RuntimeError(f"GET {path}: {answer.status}")
        while answer.read(1 << 20):
            continue
        return time.perf_counter() - began

    def delay_of_schedule(self, class_path: str) -> float:
        """Seconds from the time that a schedule names to the start of its run."""
        due = datetime.now(UTC) + timedelta(seconds=SOONEST_SECONDS)
        schedule = {"name": f"bench {due.isoformat()}", "interval": "future", "start_time": due.isoformat()}
        body = {"data": {}, "schedule": schedule}
        self.request("POST", f"/api/extras/jobs/{class_path}/run/", body)
        end = time.monotonic() + PATIENCE_SECONDS
        path = f"/api/extras/job-results/?name={class_path}&created__gte={due:%Y-%m-%dT%H:%M:%S.%fZ}"
        while time.monotonic() < end:
            started = [item["started"] for item in self.request("GET", path)["results"] if item["started"]]
            if started:
                return (min(datetime.fromisoformat(text) for text in started) - due).total_seconds()
            time.sleep(0.2)
        raise RuntimeError("the schedule started nothing")

    def await_end(self, result_id: str) -> None:
        """By the long poll, as clients should: one that asks again and again takes what it waits for."""
        path = f"/api/extras/job-results/{result_id}/?data_layout=1.2&wait={LONG_POLL_SECONDS}"
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            status = self.request("GET", path)["status"]["value"]
            if status == "completed":
                return
            if status not in ("pending", "running"):
                raise RuntimeError(f"{result_id} ended {status}")
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
