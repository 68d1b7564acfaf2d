"""
``git http-backend`` behind a threaded HTTP server on a loopback address, with switches for everything
that real servers do wrong. It keeps a log of what it was asked.
"""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self


@dataclass
class Switches:
    """What the server does; change them between two fetches."""

    user_and_token: tuple[str, str] | None = None  # asked for when set
    status: int | None = None  # answered to everything
    headers: dict[str, str] = field(default_factory=dict)  # besides those of git
    redirect_to: str | None = None  # start of another address, put before the path
    only_on: str = ""  # the switches count for paths that end so
    hang: str | None = None  # "accept", "headers", "body", or "drip": a byte now and then
    change_pack: Callable[[bytes], bytes] | None = None  # applied to the body of the answer
    cut_after: int | None = None  # bytes of the body, then the connection ends
    endless: bool = False  # the answer to a fetch never ends


@dataclass
class Asked:
    path: str
    authorization: str | None


class GitServer:
    """A context manager; repositories are the folders below *root*."""

    def __init__(self, root: Path, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.root = root
        self.switches = Switches()
        self.log: list[Asked] = []
        self.stopping = threading.Event()
        self._server = _Server((address, 0), _Handler)
        self._server.git = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "https" if tls else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, name: str, host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}/{name}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    git: GitServer

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are the point of these tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
        pass

    def do_GET(self) -> None:  # the name of the base class
        self._answer(b"")

    def do_POST(self) -> None:  # the name of the base class
        self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def _answer(self, body: bytes) -> None:
        git, switches = self.server.git, self.server.git.switches
        path = self.path.partition("?")[0]
        git.log.append(Asked(self.path, self.headers.get("Authorization")))
        if path.endswith(switches.only_on):
            if switches.hang == "accept":
                git.stopping.wait(60)
                return
            if switches.redirect_to is not None:
                self._refuse(switches.status or 302, {"Location": switches.redirect_to + self.path})
                return
            if switches.status is not None:
                self._refuse(switches.status, switches.headers)
                return
        if not self._is_allowed():
            self._refuse(401, {"WWW-Authenticate": 'Basic realm="git"'})
            return
        self._serve(path, body)

    def _is_allowed(self) -> bool:
        wanted = self.server.git.switches.user_and_token
        pair = base64.b64encode(":".join(wanted).encode()).decode() if wanted else ""
        return wanted is None or self.headers.get("Authorization") == f"Basic {pair}"

    def _refuse(self, status: int, headers: dict[str, str]) -> None:
        page = b"<html>Hello.</html>"
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "text/html", "Content-Length": str(len(page))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(page)

    def _serve(self, path: str, body: bytes) -> None:
        git, switches = self.server.git, self.server.git.switches
        is_pack = self.command == "POST" and b"command=fetch" in body
        headers, _, content = self._backend(path, body).partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in headers.decode().split("\r\n"))
        if b"PACK" in content and switches.change_pack is not None:
            content = switches.change_pack(content)
        self.send_response(int(fields.pop("Status", "200")[:3]))
        for name, value in fields.items():
            self.send_header(name, value)
        length = len(content) + (1 << 40 if switches.endless and is_pack else 0)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        if switches.hang == "drip" and is_pack:
            self._drip(content)
        elif switches.hang == "headers" or (switches.hang == "body" and is_pack):
            self.wfile.write(content[: len(content) // 2] if switches.hang == "body" else b"")
            git.stopping.wait(60)
        elif switches.endless and is_pack:
            self._write_forever(content)
        elif is_pack and switches.cut_after is not None:
            self.wfile.write(content[: switches.cut_after])
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            self.wfile.write(content)

    def _drip(self, content: bytes) -> None:
        with contextlib.suppress(OSError):
            for byte in content:
                self.wfile.write(bytes([byte]))
                if self.server.git.stopping.wait(0.05):
                    return

    def _write_forever(self, content: bytes) -> None:
        """A pack that announces very many objects, the first of which never ends."""
        start = content.index(b"PACK") - 5
        self.wfile.write(content[:start])
        header = b"PACK\0\0\0\x02\0\xff\xff\xff" + b"\xb0\xff\xff\xff\xff\x7f" + b"\x78\x01"
        chunk = b"\0\xff\xff\0\0" + os.urandom(65535)  # a stored block of zlib that is not the last
        stream = header
        with contextlib.suppress(OSError):
            while not self.server.git.stopping.is_set():
                stream += chunk
                while len(stream) > 60_000:
                    part, stream = stream[:60_000], stream[60_000:]
                    self.wfile.write(b"%04x\x01" % (len(part) + 5) + part)

    def _backend(self, path: str, body: bytes) -> bytes:
        environment = {
            "PATH": os.defpath,
            "GIT_PROJECT_ROOT": str(self.server.git.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1",
            "PATH_INFO": path,
            "QUERY_STRING": self.path.partition("?")[2],
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        return subprocess.run(
            ["git", "http-backend"], env=environment, input=body, check=True, capture_output=True
        ).stdout
