"""
Who watches which run: one connection of this process hears for all of them.

It lives in the event loop of the web part and is open while somebody watches, and a little longer. A word
that is lost costs a viewer seconds: everybody looks again at every heartbeat.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from jobyard_server.runs.changes_of_runs import CHANNEL

RETRY_SECONDS = 2.0
LISTEN_SECONDS = 30.0
LINGER_SECONDS = 30.0  #: After the last viewer: clients that wait for one run after the other are many.

log = logging.getLogger(__name__)


class Hub:
    """Wakes the viewers of a run when it changes."""

    def __init__(self) -> None:
        self._viewers: dict[UUID, set[Callable[[], None]]] = defaultdict(set)
        self._listener: asyncio.Task[None] | None = None
        self._rest: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.hears = False  #: Whether words arrive at the moment.

    def live_here(self) -> None:
        """Called in the event loop of the web part, which is the only one that hears."""
        self._loop = asyncio.get_running_loop()

    @contextmanager
    def watching(self, result: UUID) -> Iterator[asyncio.Event]:
        """In the event loop: an event that is set whenever the run may have changed."""
        changed = asyncio.Event()
        self._add(result, changed.set)
        try:
            yield changed
        finally:
            self._remove(result, changed.set)

    @contextmanager
    def watching_from_thread(self, result: UUID) -> Iterator[threading.Event]:
        """The same for a thread; without an event loop that hears, nothing ever sets the event."""
        changed, loop = threading.Event(), self._loop
        if loop is None or loop.is_closed():
            yield changed
            return
        _call(loop, self._add, result, changed.set)
        try:
            yield changed
        finally:
            loop.call_soon_threadsafe(self._remove, result, changed.set)

    def wake_everybody(self) -> None:
        for viewers in self._viewers.values():
            for wake in viewers:
                wake()

    def _add(self, result: UUID, wake: Callable[[], None]) -> None:
        self._viewers[result].add(wake)
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None
        if self._listener is None or self._listener.done():
            self._listener = asyncio.get_running_loop().create_task(self._listen_while_watched())

    def _remove(self, result: UUID, wake: Callable[[], None]) -> None:
        self._viewers[result].discard(wake)
        if not self._viewers[result]:
            del self._viewers[result]
        if not self._viewers:
            self._rest = asyncio.get_running_loop().call_later(LINGER_SECONDS, self.close)

    def close(self) -> None:
        """Hear nothing more until somebody watches again."""
        if self._listener is not None:
            self._listener.cancel()
            self._listener = None

    async def _listen_while_watched(self) -> None:
        while True:
            with suppress(psycopg.Error, OSError):
                await self._listen()
            self.hears = False
            log.info("the connection that hears of changed runs is gone; trying again")
            await asyncio.sleep(RETRY_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(**_login()) as heard:
            await heard.execute(f"LISTEN {CHANNEL}")
            self.hears = True
            self.wake_everybody()  # what happened before the LISTEN was not heard
            try:
                while True:
                    async for notice in heard.notifies(timeout=LISTEN_SECONDS):
                        self._wake(notice.payload)
                    await heard.execute("SELECT 1")  # a connection that died silently is found out here
            finally:
                self.hears = False

    def _wake(self, payload: str) -> None:
        with suppress(ValueError):
            for wake in self._viewers.get(UUID(payload), ()):
                wake()


def _call(loop: asyncio.AbstractEventLoop, work: Callable[..., None], *arguments: object) -> None:
    """Have *loop* do it, and wait until that is done: what happens from now on is heard."""
    done = threading.Event()

    def do() -> None:
        work(*arguments)
        done.set()

    loop.call_soon_threadsafe(do)
    done.wait(RETRY_SECONDS)  # a loop that ends just now does nothing any more


def _login() -> dict[str, Any]:
    known = connection.settings_dict
    options = {name: value for name, value in known["OPTIONS"].items() if name != "pool"}
    named = {
        "dbname": known["NAME"],
        "user": known["USER"],
        "password": known["PASSWORD"],
        "host": known["HOST"],
        "port": known["PORT"],
    }
    return {**options, **{name: value for name, value in named.items() if value}, "autocommit": True}


hub = Hub()  #: Of this process.
