"""Refuses requests that are larger than their limit before Django reads them. Source: security.md WB-10"""

from __future__ import annotations

from collections.abc import Mapping

from asgiref.typing import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGIReceiveEvent,
    ASGISendCallable,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Scope,
)

from jobyard_server.ui.security_headers import RAW_HEADERS

MESSAGE = b'{"detail": "The request is too large."}'
QUERY_BYTES = 8192  #: Of what stands behind the question mark of an address.
LONG_QUERY = b'{"detail": "The filters are longer than 8192 bytes; ask in several requests."}'


class RequestTooLargeError(Exception):
    """A body without an announced length grew beyond the limit."""


class RequestLimit:
    """
    ASGI application around another one.

    Args:
        application: Gets what is small enough.
        limit: Bytes of a body at most.
        smaller: Other limits, by the start of the path: strangers need not be able to send as much.
    """

    def __init__(
        self, application: ASGI3Application, *, limit: int, smaller: Mapping[str, int] | None = None
    ) -> None:
        self.application = application
        self.limit = limit
        self.smaller = dict(smaller or {})

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
        elif len(scope["query_string"]) > QUERY_BYTES:
            await _refuse(send, 414, LONG_QUERY)
        elif _announced(scope) > (limit := self._limit_of(scope)):
            await _refuse(send)
        else:
            await self._bounded(scope, receive, send, limit)

    def _limit_of(self, scope: HTTPScope) -> int:
        found = (limit for start, limit in self.smaller.items() if scope["path"].startswith(start))
        return next(found, self.limit)

    async def _bounded(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable, limit: int
    ) -> None:
        seen = 0

        async def counted() -> ASGIReceiveEvent:
            nonlocal seen
            event = await receive()
            seen += len(event["body"]) if event["type"] == "http.request" else 0
            if seen > limit:
                raise RequestTooLargeError
            return event

        try:
            await self.application(scope, counted, send)
        except RequestTooLargeError:
            await _refuse(send)


def _announced(scope: HTTPScope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: ASGISendCallable, status: int = 413, message: bytes = MESSAGE) -> None:
    headers = [(b"content-type", b"application/json"), (b"connection", b"close"), *RAW_HEADERS]
    start: HTTPResponseStartEvent = {
        "type": "http.response.start",
        "status": status,
        "headers": headers,
        "trailers": False,
    }
    body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": message, "more_body": False}
    await send(start)
    await send(body)
