"""
Pages, compressed on their way out. REST answers are not: clients compare their ``ETag``, which would be
another one. The length of a page is padded by chance, so that nobody can learn a secret from it (BREACH).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, cast

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.decorators import sync_and_async_middleware

LEAST_BYTES: Final = 1000  #: A smaller answer fits into one packet as it is.

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def compress_pages(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Middleware."""
    gzip = GZipMiddleware(cast(Handler, get_response))

    def pack(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return gzip.process_response(request, response) if _is_page(response) else response

    if iscoroutinefunction(get_response):

        async def middleware_async(request: HttpRequest) -> HttpResponseBase:
            response = await cast(AsyncHandler, get_response)(request)
            return await sync_to_async(pack)(request, response)

        return middleware_async

    def middleware(request: HttpRequest) -> HttpResponseBase:
        return pack(request, cast(Handler, get_response)(request))

    return middleware


def _is_page(response: HttpResponseBase) -> bool:
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    return is_html and isinstance(response, HttpResponse) and len(response.content) >= LEAST_BYTES
