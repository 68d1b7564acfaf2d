"""A browser that is logged in and keeps its connection, without a screen."""

from __future__ import annotations

import http.client
import re
import socket
import time
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.e2e.installation import PASSWORD


class Browser:
    """Pages over one connection without Nagle's delay."""

    def __init__(self, url: str) -> None:
        place = urlsplit(url)
        self._connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=60)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._cookies: SimpleCookie = SimpleCookie()

    def log_in(self) -> None:
        page = self._ask("GET", "/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, "the page of the log-in has no form"
        sent = {"csrfmiddlewaretoken": token[1], "username": "admin", "password": PASSWORD}
        self._ask("POST", "/login/", urlencode(sent))

    def seconds(self, path: str) -> float:
        """From the request until the whole page is here."""
        began = time.perf_counter()
        self._ask("GET", path)
        return time.perf_counter() - began

    def _ask(self, method: str, path: str, body: str = "") -> str:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self._cookies.load(line)
        wanted = http.HTTPStatus.OK if method == "GET" else http.HTTPStatus.FOUND
        if answer.status != wanted:  # a redirect would be measured as a quick page
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return text
