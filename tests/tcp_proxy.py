"""A TCP proxy between a client and its server that can hurt the connection."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self


class Proxy:
    """
    Passes bytes on, until it is told to cut, to refuse, to swallow them or to hold them back.

    Args:
        target: Address of the server, or the path of its UNIX socket.
    """

    def __init__(self, target: tuple[str, int] | str) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: list[socket.socket] = []
        self._swallows = False
        self._is_open = True
        self._flows = threading.Event()
        self._flows.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.refuse()

    def cut(self) -> None:
        """End all connections; new ones are let through."""
        pairs, self._pairs = self._pairs, []
        for end in pairs:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def refuse(self) -> None:
        """As a server that is down."""
        self._is_open = False
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def blackhole(self) -> None:
        """Connections are accepted, and nothing ever comes through."""
        self._swallows = True
        self.cut()

    def freeze(self) -> None:
        """As a network that is parted: connections stay, nothing passes, and nobody is told."""
        self._swallows = True
        self._flows.clear()

    def heal(self) -> None:
        """Connections from before are gone, new ones are let through."""
        self._swallows = False
        if not self._is_open:
            self._listener = socket.create_server(("127.0.0.1", self.port))
            self._is_open = True
            threading.Thread(target=self._accept, daemon=True).start()
        self.cut()
        self._flows.set()

    def _accept(self) -> None:
        listener = self._listener
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            if self._swallows:
                self._pairs.append(client)
                continue
            try:
                server = self._connect()
            except OSError:
                client.close()
                continue
            self._pairs += [client, server]
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _connect(self) -> socket.socket:
        if not isinstance(self._target, str):
            return socket.create_connection(self._target)
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._target)
        return server

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flows.wait()
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
