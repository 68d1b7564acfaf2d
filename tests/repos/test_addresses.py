"""Which addresses a remote may have."""

from __future__ import annotations

import ipaddress

import pytest

from jobyard_repos.addresses import forbidden, parse_networks
from jobyard_repos.errors import FetchError


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "127.8.8.8",
        "::1",
        "0.0.0.0",
        "0.1.2.3",
        "::",
        "169.254.1.1",
        "169.254.169.254",
        "fe80::1",
        "224.0.0.1",
        "ff02::1",
        "240.0.0.1",
        "255.255.255.255",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "::127.0.0.1",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
    ],
)
def test_addresses_of_this_machine_and_of_clouds_are_forbidden(text: str) -> None:
    assert forbidden(ipaddress.ip_address(text), []) is not None


@pytest.mark.parametrize(
    "text",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "fd12::1",
        "140.82.121.4",
        "2606:50c0::1",
        "64:ff9b::8c52:7904",
    ],
)
def test_public_and_private_networks_are_fine(text: str) -> None:
    assert forbidden(ipaddress.ip_address(text), []) is None


@pytest.mark.parametrize("text", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_the_operator_can_allow_loopback(text: str) -> None:
    assert forbidden(ipaddress.ip_address(text), parse_networks(["127.0.0.0/8"])) is None


def test_nobody_can_allow_the_metadata_service() -> None:
    assert forbidden(ipaddress.ip_address("169.254.169.254"), parse_networks(["0.0.0.0/0"])) is not None


def test_a_setting_that_is_no_network_is_named() -> None:
    with pytest.raises(FetchError, match="JOBYARD_GIT_ALLOWED_NETS: 'here' is not a network"):
        parse_networks(["here"])
