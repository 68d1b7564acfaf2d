"""
Which addresses a remote may have: resolved once, all of them checked, and only these are connected to.

A name that resolves to a harmless address now and to a loopback address at the next look (DNS
rebinding), or a repository on the metadata service of a cloud, would make this machine a proxy into its
own network.
"""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Sequence

from jobyard_repos.errors import FetchError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_METADATA = {
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",  # most clouds
        "169.254.170.2",  # credentials of AWS containers
        "fd00:ec2::254",  # AWS over IPv6
        "fd20:ce::254",  # Google over IPv6
        "100.100.100.200",  # Alibaba
        "192.0.0.192",  # Oracle
        "168.63.129.16",  # Azure
    )
}
_THIS_NETWORK = ipaddress.ip_network("0.0.0.0/8")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def checked_addresses(
    host: str, port: int, *, allowed_nets: Sequence[str], timeout_seconds: float
) -> list[Address]:
    """
    All addresses of *host*, none of which is forbidden.

    Args:
        host: Name or IP literal, in canonical form.
        port: For the resolver only.
        allowed_nets: Networks that are fine although the rules forbid them, such as ``127.0.0.0/8``.
        timeout_seconds: Limit for the resolver, which has none of its own that we could set.

    Raises:
        FetchError: ``network`` or ``timeout`` when the name cannot be resolved, ``refused`` when one
            of the addresses is forbidden.
    """
    nets = parse_networks(allowed_nets)
    addresses = _resolve(host, port, timeout_seconds)
    for address in addresses:
        reason = forbidden(address, nets)
        if reason is not None:
            raise FetchError(
                f"{host} has the address {address}, which is {reason}, so it is not contacted; the "
                "operator can allow networks with JOBYARD_GIT_ALLOWED_NETS.",
                kind="refused",
                permanent=True,
            )
    return addresses


def check_behind_proxy(host: str, allowed_nets: Sequence[str]) -> None:
    """
    Names are resolved by the proxy, which decides what can be reached; what names itself is checked here.

    Raises:
        FetchError: *host* is a forbidden address, or this machine by its name.
    """
    if host == "localhost" or host.endswith(".localhost"):
        raise _refused(host, "this machine itself")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return
    if (reason := forbidden(address, parse_networks(allowed_nets))) is not None:
        raise _refused(host, reason)


def _refused(host: str, reason: str) -> FetchError:
    return FetchError(
        f"{host} is {reason}, so it is not contacted; the operator can allow networks with "
        "JOBYARD_GIT_ALLOWED_NETS.",
        kind="refused",
        permanent=True,
    )


def forbidden(address: Address, allowed: Sequence[Network]) -> str | None:
    """Say what is wrong with an address; None when it may be contacted."""
    inner = _unwrap(address)
    if inner in _METADATA:
        return "the metadata service of a cloud"
    if inner.is_multicast or inner.is_unspecified:
        return "no address of a single machine"
    if is_in(address, allowed) or is_in(inner, allowed):
        return None
    if inner.is_loopback or inner in _THIS_NETWORK:
        return "this machine itself"
    if inner.is_link_local:
        return "a link-local address"
    return "a reserved address" if inner.is_reserved else None


def is_in(address: Address, nets: Sequence[Network]) -> bool:
    return any(address in net for net in nets)


def parse_networks(texts: Sequence[str]) -> list[Network]:
    """The networks of a setting."""
    return [_network(text) for text in texts]


def _unwrap(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one that only carries it somewhere else."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
    if inner:
        return inner
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as exc:
        raise FetchError(
            f"JOBYARD_GIT_ALLOWED_NETS: {text!r} is not a network such as 10.0.0.0/8.",
            kind="refused",
            permanent=True,
        ) from exc


def _resolve(host: str, port: int, timeout_seconds: float) -> list[Address]:
    answer: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()
    thread = threading.Thread(target=lambda: answer.put(_look_up(host, port)), daemon=True)
    thread.start()
    try:
        found = answer.get(timeout=timeout_seconds)
    except queue.Empty:
        raise FetchError(
            f"The name {host} was not resolved within {timeout_seconds:.0f} s.", kind="timeout"
        ) from None
    if isinstance(found, OSError):
        raise FetchError(f"The name {host} cannot be resolved ({found.strerror}).", kind="network") from found
    return [ipaddress.ip_address(text) for text in found]


def _look_up(host: str, port: int) -> list[str] | OSError:
    try:
        infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        return exc
    return list(dict.fromkeys(str(info[4][0]) for info in infos))
