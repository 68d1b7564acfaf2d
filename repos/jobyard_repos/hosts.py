"""Hosts in addresses of remotes: one canonical spelling each."""

from __future__ import annotations

import ipaddress
import re

from jobyard_repos.errors import InvalidRemoteUrl

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)")
_LONGEST_HOST, _LONGEST_LABEL = 253, 63  # the limits of DNS


def canonical_host(text: str) -> str:
    """
    One spelling of a host: lower case, punycode, or an IP address without brackets.

    Raises:
        InvalidRemoteUrl: It is no host, or a number that parsers read in different ways.
    """
    if text.startswith("["):
        return _canonical_ipv6(text[1:-1])
    host = _punycode(text).lower()
    labels = host.split(".")
    well_formed = _HOST.fullmatch(host) and len(host) <= _LONGEST_HOST
    if not well_formed or any(_is_bad_label(label) for label in labels):
        raise InvalidRemoteUrl("The address has no valid host name; it looks like https://host/path.")
    if ends_in_number(host):
        return _canonical_ipv4(host)
    return host


def _is_bad_label(label: str) -> bool:
    return not label or len(label) > _LONGEST_LABEL or label[0] == "-" or label[-1] == "-"


def _punycode(text: str) -> str:
    if text.isascii():
        return text
    try:
        return text.encode("idna").decode("ascii")
    except UnicodeError as exc:
        raise InvalidRemoteUrl("The host name in the address is not a valid international name.") from exc


def _canonical_ipv4(host: str) -> str:
    # 0x7f.1, 2130706433 and 0177.0.0.1 mean something to some parsers and something else to others.
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError as exc:
        raise InvalidRemoteUrl("An IPv4 address is written as four decimal numbers.") from exc


def _canonical_ipv6(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError as exc:
        raise InvalidRemoteUrl("The brackets in the address hold no valid IPv6 address.") from exc
    if address.scope_id is not None:
        raise InvalidRemoteUrl("An IPv6 address with a zone cannot be a remote.")
    return str(address)


def ends_in_number(host: str) -> bool:
    """Tell whether parsers take this host for an IPv4 address."""
    return _NUMBER.fullmatch(host.rpartition(".")[2]) is not None
