"""Asks the web part whether everything answers, as a load balancer would."""

from __future__ import annotations

import http.client
import socket

TIMEOUT_SECONDS = 2.0
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # only compared


def everything_answers(listener: socket.socket, allowed_hosts: list[str]) -> bool:
    """Whether ``/health/ready`` of the web part behind *listener* says 200."""
    host, port = listener.getsockname()[:2]
    connection = http.client.HTTPConnection(WILDCARDS.get(host, host), port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/health/ready", headers={"Host": _host(allowed_hosts)})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _host(allowed_hosts: list[str]) -> str:
    plain = [host.lstrip(".") for host in allowed_hosts if host != "*"]
    return plain[0] if plain else "localhost"
