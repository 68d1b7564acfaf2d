"""``netbox.configuration``: the operator's choices that job files read."""

from __future__ import annotations

from urllib.request import getproxies

HTTP_PROXIES = getproxies() or None  #: Address by scheme, as the environment says; None without any.
BASE_PATH = ""
