"""Refuses requests that are larger than REQUEST_MAX_BYTES before Django reads them."""

from __future__ import annotations

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

MESSAGE = b'{"detail": "The request is too large."}'


class RequestTooLargeError(Exception):
    """A body without an announced length grew beyond the limit."""


class RequestLimit:
    """ASGI application around another one."""

    def __init__(self, application: ASGI3Application, *, limit: int) -> None:
        self.application = application
        self.limit = limit

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
        elif _announced(scope) > self.limit:
            await _refuse(send)
        else:
            await self._bounded(scope, receive, send)

    async def _bounded(self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        seen = 0

        async def counted() -> ASGIReceiveEvent:
            nonlocal seen
            event = await receive()
            seen += len(event["body"]) if event["type"] == "http.request" else 0
            if seen > self.limit:
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


async def _refuse(send: ASGISendCallable) -> None:
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    start: HTTPResponseStartEvent = {
        "type": "http.response.start",
        "status": 413,
        "headers": headers,
        "trailers": False,
    }
    body: HTTPResponseBodyEvent = {"type": "http.response.body", "body": MESSAGE, "more_body": False}
    await send(start)
    await send(body)
