"""
Whose clock pages follow: the time zone that the reader chose, or that of the browser, or the server's.

The browser's zone comes in a cookie that a script sets (``zone.js``, also on the page of the log-in, so that
the first page is right already); what somebody chose without scripts comes in another one, which wins.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, cast
from zoneinfo import ZoneInfo

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from jobyard_server.ui.moments import for_reader_in, known_zone

CHOSEN: Final = "jobyard-zone-chosen"
OF_BROWSER: Final = "jobyard-zone"

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def reader_zone(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Middleware."""
    if iscoroutinefunction(get_response):

        async def middleware_async(request: HttpRequest) -> HttpResponseBase:
            with for_reader_in(_zone(request)):
                return await cast(AsyncHandler, get_response)(request)

        return middleware_async

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with for_reader_in(_zone(request)):
            return cast(Handler, get_response)(request)

    return middleware


def _zone(request: HttpRequest) -> ZoneInfo | None:
    cookies = request.COOKIES
    return known_zone(cookies.get(CHOSEN, "")) or known_zone(cookies.get(OF_BROWSER, ""))
