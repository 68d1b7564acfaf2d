"""WB-10: how large a question may be."""

from __future__ import annotations

import asyncio
import json

import pytest

from jobyard_server.api.bulk import MAX_ROWS
from jobyard_server.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from jobyard_server.request_limit import QUERY_BYTES, RequestLimit


def ask(query: bytes) -> tuple[int, bytes]:
    sent = []

    async def application(_scope, _receive, send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"asked"})

    async def keep(message) -> None:
        sent.append(message)

    scope = {"type": "http", "path": "/api/", "headers": [], "query_string": query}
    asyncio.run(RequestLimit(application, limit=10)(scope, None, keep))
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize(
    ("length", "status"), [(0, 200), (QUERY_BYTES, 200), (QUERY_BYTES + 1, 414), (10**6, 414)]
)
def test_wb10_filters_are_8_kb_at_most(length, status):
    answered, body = ask(b"q=" + b"x" * (length - 2) if length else b"")

    assert answered == status
    assert (b"asked" in body) == (status == 200)
    if status == 414:
        assert "8192 bytes" in json.loads(body)["detail"]


def test_wb10_pages_and_bulk_calls_have_the_agreed_sizes():
    assert (DEFAULT_LIMIT, MAX_LIMIT, MAX_ROWS) == (50, 1000, 1000)
