"""
Django for an ASGI server, as cheaply as a request can be handed to synchronous code.

Django's own handler calls each middleware from the event loop, and each of them then goes to a thread and
back, twice; the thread is made for the request, and the event loop stands still until it has ended. That is
four milliseconds of a request that takes two.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

MOST_IDLE = 16  #: Threads that wait for a request.

_idle: list[ThreadPoolExecutor] = []


class SyncChainHandler(ASGIHandler):
    """Runs middleware and view, all of which are synchronous here, in one go and in a thread that waits."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        executor = _idle.pop() if _idle else ThreadPoolExecutor(1, thread_name_prefix="request")
        try:
            async with ThreadSensitiveContext(executor=executor):
                await super().__call__(scope, receive, send)
        finally:
            # By the thread itself: a client may have gone while it was still at work.
            executor.submit(_give_back, executor)

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002  # Django's signature
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response, thread_sensitive=True)(request)


def _give_back(executor: ThreadPoolExecutor) -> None:
    if len(_idle) < MOST_IDLE:
        _idle.append(executor)
    else:
        executor.shutdown(wait=False)
