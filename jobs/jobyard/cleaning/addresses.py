"""IP addresses and networks, checked strictly by the standard library."""

from __future__ import annotations

import ipaddress

from jobyard.cleaning.choices import echoed
from jobyard.cleaning.context import CleaningContext
from jobyard.errors import InvalidInput
from jobyard.spec import Json, VariableSpec

_INVALID = "Please specify a valid IPv4 or IPv6 address."
_Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface


def clean_address(_variable: VariableSpec, value: Json, _context: CleaningContext) -> str:
    if not isinstance(value, str):
        raise InvalidInput(_INVALID)
    text = value.strip()
    address, slash, _ = text.partition("/")
    if not _is_address(address):
        raise InvalidInput(f"Invalid IPv4/IPv6 address format: {echoed(value)}")
    if slash:
        raise InvalidInput("This field requires an IP address without a mask.")
    return str(ipaddress.ip_address(text))


def clean_address_with_mask(_variable: VariableSpec, value: Json, _context: CleaningContext) -> str:
    return _to_interface(value).with_prefixlen


def clean_network(variable: VariableSpec, value: Json, _context: CleaningContext) -> str:
    interface = _to_interface(value)
    prefix, network = interface.with_prefixlen, interface.network
    if interface.ip != network.network_address:
        raise InvalidInput(f"{prefix} is not a valid prefix. Did you mean {network.with_prefixlen}?")
    _check_prefix_length(variable, network.prefixlen)
    return prefix


def _check_prefix_length(variable: VariableSpec, length: int) -> None:
    low, high = variable.min_prefix_length, variable.max_prefix_length
    if low is not None and length < low:
        raise InvalidInput(f"The prefix length must be greater than or equal to {low}.")
    if high is not None and length > high:
        raise InvalidInput(f"The prefix length must be less than or equal to {high}.")


def _to_interface(value: Json) -> _Interface:
    if not isinstance(value, str):
        raise InvalidInput(_INVALID)
    text = value.strip()
    if text.count("/") != 1:
        raise InvalidInput("CIDR mask (e.g. /24) is required.")
    try:
        interface = ipaddress.ip_interface(text)
    except ValueError:
        raise InvalidInput(_INVALID) from None
    if "%" in text:  # a zone is no part of an address that is kept
        raise InvalidInput(_INVALID)
    return interface


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text
