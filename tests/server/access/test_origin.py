"""Where a request comes from. F177: a header that anybody can write moves nobody's address."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from jobyard_server.access.origin import client_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "", "192.0.2.1"),
        (0, "198.51.100.7", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (2, "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (3, "203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (1, "nonsense", None),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_f177_only_our_own_proxies_are_believed(settings, proxies, forwarded, address):
    settings.JOBYARD = {**settings.JOBYARD, "TRUSTED_PROXIES": proxies}
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}

    assert client_address(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **headers)) == address
