"""The address of the directory, once it is known that somebody there talks TLS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

LDAPS_PORT = 636


def answering(url: str, seconds: float) -> Callable[[Any], str]:
    """
    What django-auth-ldap asks for the address before each connection.

    libldap has no limit of time for the handshake of ``ldaps``: with a server that takes calls and says
    nothing it turns in a circle for ever. So it is only let near one that finished a handshake a moment ago;
    whose certificate that was is for libldap to judge.

    Args:
        url: Of the directory, ``ldaps://…``.
        seconds: How long it may take.
    """

    def address(_request: Any) -> str:
        import ldap  # type: ignore[import-not-found]  # noqa: PLC0415  # an optional extra

        try:
            _shake_hands(url, seconds)
        except OSError as exc:
            raise ldap.SERVER_DOWN({"desc": f"No TLS with {url}: {exc}"}) from exc
        return url

    return address


def _shake_hands(url: str, seconds: float) -> None:
    parts = urlsplit(url)
    where = (parts.hostname or "localhost", parts.port or LDAPS_PORT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(where, timeout=seconds) as plain,
        context.wrap_socket(plain, server_hostname=where[0]),
    ):
        return
