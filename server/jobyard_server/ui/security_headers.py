"""
The headers that every response carries, errors and static files included.

Source: docs, security rules WB-01 to WB-03. No page has an inline script or style, so the policy needs
neither a nonce nor an exception; a lint test keeps the templates that way.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

POLICY: Final[dict[str, str]] = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # Bootstrap draws check marks as data addresses
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
FIXED: Final[dict[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


def as_header(policy: dict[str, str]) -> str:
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())


_HEADER = as_header(POLICY)
#: For answers that are given before Django is asked.
RAW_HEADERS: Final = [
    (name.lower().encode(), value.encode())
    for name, value in {**FIXED, "Content-Security-Policy": _HEADER, "Cache-Control": "no-store"}.items()
]


def harden(response: HttpResponseBase) -> HttpResponseBase:
    """Add what is missing; a view that is stricter (a download in a sandbox) keeps its own."""
    response.headers.setdefault("Content-Security-Policy", _HEADER)
    for name, value in FIXED.items():
        response.headers.setdefault(name, value)
    return response


@sync_and_async_middleware
def security_headers(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Middleware; the first of the list, so that nothing answers without it."""
    if iscoroutinefunction(get_response):

        async def middleware_async(request: HttpRequest) -> HttpResponseBase:
            return harden(await cast(AsyncHandler, get_response)(request))

        return middleware_async

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return harden(cast(Handler, get_response)(request))

    return middleware
