"""One HTTP call to the API of a forge: the checked address, no redirect, little of the answer."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from jobyard_repos.addresses import check_behind_proxy, checked_addresses
from jobyard_repos.connection import Way
from jobyard_repos.errors import FetchError
from jobyard_repos.redaction import redact
from jobyard_repos.remotes import RemoteUrl, parse_remote_url

_ANSWER_KEPT = 2048


@dataclass(frozen=True, kw_only=True)
class ForgeAnswer:
    """What the forge said."""

    status: int
    text: str  #: The start of the body, without secrets.
    retry_after_seconds: int | None


def post_json(
    url: str,
    body: Mapping[str, object],
    *,
    headers: Mapping[str, str],
    secrets: tuple[str, ...],
    way: Way,
    timeout_seconds: float,
) -> ForgeAnswer:
    """
    Post *body*; redirects are answers like any other.

    Args:
        url: ``https://host/path``, made of a checked origin and encoded parts.
        body: Sent as JSON.
        headers: With the credential.
        secrets: Taken out of what is returned.
        way: Out of this network.
        timeout_seconds: For each step of the connection.

    Raises:
        FetchError: There was no answer, or the address must not be contacted.
    """
    remote = parse_remote_url(url, allow_file=False)
    try:
        connection = _connect(remote, way, timeout_seconds)
        try:
            connection.request(
                "POST",
                urlsplit(url).path,
                json.dumps(body).encode(),
                {"Content-Type": "application/json", "Accept": "application/json", **headers},
            )
            answer = connection.getresponse()
            text = redact(answer.read(_ANSWER_KEPT), secrets)
        finally:
            connection.close()
    except TimeoutError as exc:
        raise FetchError(f"{remote.origin} did not answer in time.", kind="timeout") from exc
    except (OSError, http.client.HTTPException) as exc:
        reason = redact(str(exc).encode(), secrets)
        raise FetchError(f"{remote.origin} cannot be reached ({reason}).", kind="network") from exc
    wait = answer.getheader("Retry-After", "")
    return ForgeAnswer(
        status=answer.status, text=text, retry_after_seconds=int(wait[:9]) if wait.isdecimal() else None
    )


def _connect(remote: RemoteUrl, way: Way, timeout: float) -> http.client.HTTPConnection:
    port = remote.port or 0
    if proxy := way.proxy_for(remote):
        check_behind_proxy(remote.host, way.allowed_nets)
        return _through(proxy, remote, way, timeout)
    address = checked_addresses(remote.host, port, allowed_nets=way.allowed_nets, timeout_seconds=timeout)[0]
    connection = http.client.HTTPConnection(remote.host, port, timeout=timeout)
    connection.sock = socket.create_connection((str(address), port), timeout)
    _secure(connection, remote, way)
    return connection


def _through(proxy: str, remote: RemoteUrl, way: Way, timeout: float) -> http.client.HTTPConnection:
    place = urlsplit(proxy)
    connection = http.client.HTTPConnection(place.hostname or "", place.port or 8080, timeout=timeout)
    connection.set_tunnel(remote.host, remote.port, headers=_proxy_headers(place.username, place.password))
    connection.connect()
    _secure(connection, remote, way)
    return connection


def _proxy_headers(username: str | None, password: str | None) -> dict[str, str]:
    if not username:
        return {}
    pair = base64.b64encode(f"{username}:{password or ''}".encode()).decode()
    return {"Proxy-Authorization": f"Basic {pair}"}


def _secure(connection: http.client.HTTPConnection, remote: RemoteUrl, way: Way) -> None:
    if remote.scheme == "https":
        context = ssl.create_default_context(cafile=way.ca_file or None)
        connection.sock = context.wrap_socket(connection.sock, server_hostname=remote.host)
