"""What an ASGI server gets to see of Django."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest
from django.db import connections
from django.http import HttpRequest, JsonResponse
from django.urls import path

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]


def tell(request: HttpRequest) -> JsonResponse:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"thread": threading.get_ident(), "body": request.body.decode()})


urlpatterns = [path("health/tell", tell)]


class Exchange:
    """One request, and the answer to it."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = list(pieces)
        self.status = 0
        self.body = b""

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/health/tell",
        "headers": [(b"host", b"testserver")],
        "query_string": b"",
    }

    async def receive(self):
        if not self.pieces:
            await asyncio.Event().wait()  # the client stays
        piece = self.pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces)}

    async def send(self, message) -> None:
        self.status = message.get("status", self.status)
        self.body += message.get("body", b"")


def serve(*exchanges: Exchange, at_once: bool = False) -> list[dict]:
    from jobyard_server import asgi_handler  # needs Django

    handler = asgi_handler.SyncChainHandler()

    async def play() -> None:
        calls = [handler(one.scope, one.receive, one.send) for one in exchanges]
        if at_once:
            await asyncio.gather(*calls)
        else:
            for call in calls:
                await call
                while not asgi_handler._idle:  # noqa: ASYNC110  # the thread comes back by itself
                    await asyncio.sleep(0)

    asyncio.run(play())
    assert [one.status for one in exchanges] == [200] * len(exchanges), [one.body for one in exchanges]
    return [json.loads(one.body) for one in exchanges]


@pytest.fixture(autouse=True)
def _open_to_everybody(settings, monkeypatch):
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Login" not in name and "Csrf" not in name]
    monkeypatch.setattr("jobyard_server.asgi_handler._idle", [])


def test_a_body_in_pieces_arrives_whole():
    assert serve(Exchange(b"a", b"b", b"c"))[0]["body"] == "abc"


def test_the_next_request_finds_the_thread_of_the_last_one():
    first, second = serve(Exchange(b""), Exchange(b""))

    assert first["thread"] == second["thread"] != threading.get_ident()


def test_requests_at_once_have_threads_of_their_own():
    answers = serve(*(Exchange(b"") for _ in range(3)), at_once=True)

    assert len({answer["thread"] for answer in answers}) == 3
