"""Lists of a large inventory: pages as a browser gets them, and REST."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.e2e.installation import Installation

from bench.browser import Browser
from bench.client import Client
from bench.figures import Figure, repeat
from bench.many_devices import DEVICES, fill

PAGES = {
    "list page": "/dcim/devices/",
    "list page, filtered": "/dcim/devices/?status=active&site=amsterdam",
    "list page, searched": "/dcim/devices/?q=host9999",
    "list page 200": "/dcim/devices/?page=200",
}


def measure_inventory(installation: Installation, client: Client, times: int) -> Iterator[Figure]:
    """Fill the inventory once, then read it."""
    began = time.perf_counter()
    fill(installation)
    yield Figure(what=f"sample network and {DEVICES:,} devices made", samples=[time.perf_counter() - began])
    browser = Browser(installation.url)
    browser.log_in()
    for what, path in PAGES.items():
        samples = repeat(times, lambda _number, path=path: browser.seconds(path))
        yield Figure(what=f"{what}, 50 of {DEVICES:,} devices", samples=samples)
    client.reconnect()  # the server has closed it meanwhile
    yield Figure(
        what=f"REST list, 1,000 of {DEVICES:,} devices",
        samples=repeat(times, lambda _number: _read(client, "/api/dcim/devices/?limit=1000")),
    )


def _read(client: Client, path: str) -> float:
    began = time.perf_counter()
    client.request("GET", path)
    return time.perf_counter() - began
