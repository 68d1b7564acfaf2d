"""
Tells the database who is changing something, so that the triggers can write it down.

In a web process each statement that writes carries user and request with it, as ``SET LOCAL`` in front: it
holds exactly as long as that statement or its transaction, so nothing of it stays on a connection that the
next request is served with, and no roll-back to a savepoint can lose it. A run has a connection of its own.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, cast

from asgiref.sync import iscoroutinefunction
from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

Handler = Callable[[HttpRequest], HttpResponseBase]
AsyncHandler = Callable[[HttpRequest], Awaitable[HttpResponseBase]]

_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|WITH|MERGE)\b", re.IGNORECASE)
_SAFE_METHODS = frozenset(["GET", "HEAD", "OPTIONS"])
_current: ContextVar[_Actor | None] = ContextVar("jobyard_actor", default=None)


class _Actor:
    """Somebody with a reason; the user is looked up with the first write, when it is known who it is."""

    def __init__(self, request_id: uuid.UUID, find_user: Callable[[], Any]) -> None:
        self.request_id = request_id
        self._find_user = find_user

    def settings(self) -> str:
        key = getattr(self._find_user(), "pk", None) or ""
        # Two UUIDs: nothing in them needs quoting.
        return f"SET LOCAL jobyard.account = '{key}'; SET LOCAL jobyard.request = '{self.request_id}'; "


@contextmanager
def acting(user: Any, request_id: uuid.UUID | None = None) -> Iterator[uuid.UUID]:
    """Everything that is written in this block was done by *user*; gives the id that the changes carry."""
    actor = _Actor(request_id or uuid.uuid4(), lambda: user)
    with _as_actor(actor):
        yield actor.request_id


@contextmanager
def _as_actor(actor: _Actor) -> Iterator[None]:
    token = _current.set(actor)
    try:
        yield
    finally:
        _current.reset(token)


@sync_and_async_middleware
def change_log(get_response: Handler | AsyncHandler) -> Handler | AsyncHandler:
    """Middleware: what a request writes is logged with its user, and with an id that ties it together."""
    if iscoroutinefunction(get_response):

        async def middleware_async(request: HttpRequest) -> HttpResponseBase:
            if request.method in _SAFE_METHODS:
                return await cast(AsyncHandler, get_response)(request)
            with _as_actor(_actor_of(request)):
                return await cast(AsyncHandler, get_response)(request)

        return middleware_async

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.method in _SAFE_METHODS:
            return cast(Handler, get_response)(request)
        with _as_actor(_actor_of(request)):
            return cast(Handler, get_response)(request)

    return middleware


def _actor_of(request: HttpRequest) -> _Actor:
    """REST puts the owner of the token there in the middle of the request, hence only asked when needed."""
    return _Actor(uuid.uuid4(), lambda: getattr(request, "user", None))


def act_as_run(run_id: str, key: str) -> None:
    """From now on, whatever this process changes belongs to the run that was claimed with *key*."""
    claimed = f"{uuid.UUID(run_id)} {uuid.UUID(key)}"

    def tell(**_kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('jobyard.run', %s, false)", [claimed])

    connection_created.connect(tell, weak=False, dispatch_uid="jobyard.run")  # author code may connect anew
    tell()


def _say_who(execute: Any, sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001  # Django's signature
    actor = _current.get()
    if actor is None or many or not isinstance(sql, str) or not _WRITES.match(sql):
        return execute(sql, params, many, context)
    result = execute(actor.settings() + sql, params, many, context)
    cursor = context["cursor"]
    while cursor.nextset():  # past what SET answered
        pass
    return result


def _watch(connection: Any, **_kwargs: Any) -> None:
    if _say_who not in connection.execute_wrappers:
        connection.execute_wrappers.append(_say_who)


def watch_connections() -> None:
    """Have every connection of this process say who writes; called once, at start."""
    connection_created.connect(_watch, dispatch_uid="jobyard.acting")
