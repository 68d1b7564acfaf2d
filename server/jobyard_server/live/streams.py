"""
Server-Sent Events of results, outside of Django's request cycle.

Django keeps a thread and a database connection for as long as a response lasts. So a view decides who may
see what, in an ordinary request, and answers with ``GRANT``; this application around Django reads that
header, lets the request end, and streams by itself: a viewer costs a coroutine.

Source: docs/adr/0014, "Live results"
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar, cast
from uuid import UUID

from asgiref.typing import ASGI3Application, ASGIReceiveCallable, ASGISendCallable, Scope
from django.conf import settings
from django.db import connection

from jobyard_server.access.models import Token, User
from jobyard_server.access.permissions import restrict
from jobyard_server.access.sessions import goes_on
from jobyard_server.live.hub import hub
from jobyard_server.live.steps import Cursor, View, next_step
from jobyard_server.runs.models import JobResult
from jobyard_server.ui.security_headers import RAW_HEADERS

Asked = TypeVar("Asked")
Found = TypeVar("Found")

GRANT = b"x-jobyard-stream"  #: Header of a granted stream; never reaches a client.
HEARTBEAT_SECONDS = 15.0  #: A comment, so that proxies keep the connection; and another look.
DEAF_SECONDS = 2.0  #: Between looks while no word can be heard.
LEAST_SECONDS = 0.1  #: Between looks, however often a run changes.
SLOWEST_SECONDS = 30.0  #: That a viewer may take to read one step; what it has not read is held in memory.
CHECK_SECONDS = 20.0  #: Between two looks whether the viewer may still see the run.
LONGEST_SECONDS = 600.0  #: Then the viewer connects anew, and its login or token is checked again.
READERS = 4  #: Threads that read for all viewers.

STALLED = object()  #: How a stream ended whose viewer does not read.

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a view has allowed."""

    user: str
    result: UUID
    cursor: Cursor
    with_rows: bool
    token: str = ""  #: Id of the token that asked; empty for a log-in.
    login: str = ""  #: Name of the log-in that asked; empty for a token.

    def header(self) -> str:
        seen = [str(self.result), str(self.cursor), self.with_rows]
        return json.dumps([self.user, *seen, self.token, self.login])

    @classmethod
    def of(cls, header: bytes) -> Grant:
        user, result, cursor, with_rows, token, login = json.loads(header)
        who = {"user": user, "token": token, "login": login}
        return cls(result=UUID(result), cursor=Cursor.parse(cursor), with_rows=with_rows, **who)


class Streams:
    """ASGI application around another one; ``close()`` ends all streams."""

    def __init__(self, application: ASGI3Application) -> None:
        self._application = application
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="live")
        self._open: Counter[str] = Counter()
        self._is_closing = False

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        hub.live_here()
        if scope["type"] != "http" or not scope["path"].endswith("/stream/"):
            await self._application(scope, receive, send)
            return
        answer = _Answer(send)
        await self._application(scope, receive, cast(ASGISendCallable, answer))
        if answer.grant is not None:
            await self._serve(answer.grant, answer.kept_headers, receive, send)

    def close(self) -> None:
        """End all streams soon; their viewers connect anew."""
        self._is_closing = True
        hub.wake_everybody()

    async def _serve(
        self, grant: Grant, headers: list[tuple[bytes, bytes]], receive: ASGIReceiveCallable, send: Any
    ) -> None:
        if refusal := self._refusal(grant):
            await _refuse(send, *refusal)
            return
        with self._counted(grant.user):
            await send({"type": "http.response.start", "status": 200, "headers": [*headers, *_HEADERS]})
            if await _until_gone(self._send_events(grant, send), receive) is STALLED:
                return  # no end can be sent either; the server closes the connection
            with suppress(OSError, RuntimeError):  # the viewer is gone
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_events(self, grant: Grant, send: Any) -> None:
        async for piece in self._events(grant):
            async with asyncio.timeout(SLOWEST_SECONDS):
                await send({"type": "http.response.body", "body": piece, "more_body": True})

    async def _events(self, grant: Grant) -> AsyncIterator[bytes]:
        view = View(result=grant.result, cursor=grant.cursor, with_rows=grant.with_rows)
        now = asyncio.get_running_loop().time
        end, check = now() + LONGEST_SECONDS, now() + CHECK_SECONDS
        with hub.watching(grant.result) as changed:
            yield b"retry: 2000\n\n"
            while not self._is_closing and now() < end:
                changed.clear()
                if now() >= check:
                    if not await self._read(_may_still_watch, grant):
                        return
                    check = now() + CHECK_SECONDS
                step = await self._read(next_step, view)
                if step is None:
                    return
                view = step.view
                yield b"".join(step.events) or b": still here\n\n"
                if step.has_ended:
                    return
                if not step.has_more:
                    await self._wait(changed)

    async def _wait(self, changed: asyncio.Event) -> None:
        await asyncio.sleep(LEAST_SECONDS)
        patience = HEARTBEAT_SECONDS if hub.hears else DEAF_SECONDS
        with suppress(TimeoutError):
            await asyncio.wait_for(changed.wait(), patience)

    async def _read(self, read: Callable[[Asked], Found], asked: Asked) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._readers, _visit, read, asked)

    def _refusal(self, grant: Grant) -> tuple[int, str] | None:
        options = settings.JOBYARD
        if self._is_closing or self._open.total() >= options["STREAMS_MAX"]:
            return 503, "Too many live streams are open; poll the result instead."
        if self._open[grant.user] >= options["STREAMS_PER_USER"]:
            return 429, f"You have {options['STREAMS_PER_USER']} live streams open already; close one."
        return None

    @contextmanager
    def _counted(self, user: str) -> Any:
        self._open[user] += 1
        try:
            yield
        finally:
            self._open[user] -= 1
            if not self._open[user]:
                del self._open[user]


class _Answer:
    """Passes the answer of Django on, unless it is a grant."""

    def __init__(self, send: ASGISendCallable) -> None:
        self._send = send
        self.grant: Grant | None = None
        self.kept_headers: list[tuple[bytes, bytes]] = []

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message["headers"]]
            granted = [value for name, value in headers if name == GRANT]
            if granted and message["status"] == HTTPStatus.OK:
                self.grant = Grant.of(granted[0])
                dropped = {GRANT, b"content-length", b"content-type", b"cache-control", b"etag"}
                self.kept_headers = [item for item in headers if item[0] not in dropped]
        if self.grant is None:
            await self._send(message)


async def _until_gone(work: Any, receive: ASGIReceiveCallable) -> object:
    """Do *work* until it is done or the viewer has left; STALLED when the viewer reads no more."""
    working = asyncio.ensure_future(work)
    leaving = asyncio.ensure_future(_departure(receive))
    try:
        await asyncio.wait([working, leaving], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)
    is_stalled = not working.cancelled() and isinstance(working.exception(), TimeoutError)
    return STALLED if is_stalled else None


async def _departure(receive: ASGIReceiveCallable) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue


async def _refuse(send: Any, status: int, sentence: str) -> None:
    body = json.dumps({"detail": sentence}).encode()
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"10"), *RAW_HEADERS]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _visit(read: Callable[[Asked], Found], asked: Asked) -> Found:
    """In a thread of the readers, which gives its connection back at once."""
    try:
        return read(asked)
    finally:
        connection.close()


def _may_still_watch(grant: Grant) -> bool:
    user = User.objects.filter(pk=grant.user).first()
    if user is None or (grant.login and not goes_on(grant.login, user)):
        return False
    if grant.token:
        token = Token.objects.filter(pk=grant.token, enabled=True).first()
        if token is None or token.is_expired:
            return False
    return restrict(JobResult.objects.filter(pk=grant.result), user, "view").exists()
