"""A proxy for http and https: forwards, tunnels, asks for a password, and keeps a log."""

from __future__ import annotations

import base64
import contextlib
import http.client
import select
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """A context manager; *password* is that of the user ``jobyard``, when one is asked for."""

    def __init__(self, password: str = "") -> None:
        self.password = password
        self.log: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.proxy = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def url(self, password: str = "") -> str:
        who = f"jobyard:{password}@" if password else ""
        return f"http://{who}127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
        pass

    def do_CONNECT(self) -> None:  # the name of the base class
        if not self._is_let_in():
            return
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port)), 10) as there:
            self.send_response(200)
            self.end_headers()
            self._pass_on(there)

    def do_GET(self) -> None:  # the name of the base class
        self._forward(b"")

    def do_POST(self) -> None:  # the name of the base class
        self._forward(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _is_let_in(self) -> bool:
        proxy: Proxy = self.server.proxy  # type: ignore[attr-defined]
        proxy.log.append(f"{self.command} {self.path}")
        pair = base64.b64encode(f"jobyard:{proxy.password}".encode()).decode()
        if not proxy.password or self.headers.get("Proxy-Authorization") == f"Basic {pair}":
            return True
        self.send_response(407)
        self.send_header("Proxy-Authenticate", 'Basic realm="proxy"')
        self.send_header("Content-Length", "0")
        self.end_headers()
        return False

    def _forward(self, body: bytes) -> None:
        if not self._is_let_in():
            return
        place = urlsplit(self.path)
        there = http.client.HTTPConnection(place.hostname or "", place.port or 80, timeout=10)
        headers = {name: value for name, value in self.headers.items() if not name.startswith("Proxy-")}
        there.request(self.command, f"{place.path}?{place.query}", body, headers)
        with contextlib.closing(there):
            answer = there.getresponse()
            content = answer.read()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type", ""))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _pass_on(self, there: socket.socket) -> None:
        ends = {self.connection: there, there: self.connection}
        with contextlib.suppress(OSError):
            while True:
                for end in select.select(list(ends), [], [], 10)[0]:
                    data = end.recv(65536)
                    if not data:
                        return
                    ends[end].sendall(data)
