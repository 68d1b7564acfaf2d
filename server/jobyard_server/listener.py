"""The socket of the web part; quick to import, because `jobyard up` listens before anything else."""

from __future__ import annotations

import socket

BACKLOG = 512


def listen(host: str, port: int) -> socket.socket:
    """
    A socket that listens on *host*; port 0 picks a free one.

    Raises:
        OSError: The address is taken or not of this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG)
    listener.set_inheritable(False)
    # Accepted connections inherit it. asyncio would set it, but not on sockets that name no protocol, and
    # then head and body of an answer wait 40 ms for each other.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def address(listener: socket.socket) -> str:
    """The ``http://`` address under which *listener* is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
