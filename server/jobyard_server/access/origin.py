"""Where the work in hand comes from: the request that is being answered, for audit and throttling."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, cast

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

API: Final = "/api/"

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@dataclass(kw_only=True)
class Origin:
    """What is known about a request before anybody looked into it."""

    address: str | None = None
    via: str = ""  #: ``page`` or ``api``; empty for commands.
    token_hint: str = ""  #: Set once a token was accepted.


_here: ContextVar[Origin | None] = ContextVar("origin", default=None)


def current_origin() -> Origin:
    """Of the request that is being answered; an empty one outside of requests."""
    return _here.get() or Origin()


def client_address(request: HttpRequest) -> str | None:
    """
    The address of the caller.

    Only as many entries of ``X-Forwarded-For`` are believed as there are proxies of ours
    (``TRUSTED_PROXIES``): the rest was written by whoever calls.
    """
    proxies: int = settings.JOBYARD["TRUSTED_PROXIES"]
    passed = [
        text.strip() for text in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if text.strip()
    ]
    known = [*passed, request.META.get("REMOTE_ADDR", "")]
    text = known[max(len(known) - 1 - proxies, 0)] if proxies else known[-1]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


@sync_and_async_middleware
def remember_origin(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Middleware: everything that the request does can say where it came from."""
    if iscoroutinefunction(get_response):

        async def middleware_async(request: HttpRequest) -> HttpResponseBase:
            with _remembered(request):
                return await cast(AsyncHandler, get_response)(request)

        return middleware_async

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with _remembered(request):
            return cast(Handler, get_response)(request)

    return middleware


@contextmanager
def _remembered(request: HttpRequest) -> Iterator[None]:
    via = "api" if request.path_info.startswith(API) else "page"
    before = _here.set(Origin(address=client_address(request), via=via))
    try:
        yield
    finally:
        _here.reset(before)
